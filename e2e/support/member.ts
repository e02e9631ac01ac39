/** A member of a test's own. */
import type { Role } from "@faultline/contract";
import { openAdmin } from "@faultline/local/admin";
import { demoPassword } from "@faultline/local/settings";
import { signInAs, type TokenSource } from "@faultline/local/sign-in";
import { request } from "./doors.ts";
import type { Stack } from "./stack.ts";

export interface TestMember {
  readonly uid: string;
  /** Signs in anew each time. */
  readonly token: TokenSource;
}

let members = 0;

/** Signs somebody up and makes them a member of riverside: what happens to them is no concern of other tests. */
export async function createMember(stack: Stack, role: Role): Promise<TestMember> {
  const uid = `member-${process.pid}-${Date.now()}-${members++}`;
  const email = `${uid}@riverside.test`;
  const { auth, close } = openAdmin(stack.addresses);
  await auth.createUser({ uid, email, password: demoPassword }).finally(close);
  const admin = await signInAs("admin@riverside.test", stack.addresses)();
  const { status, body } = await request(stack, "PUT", `/members/${uid}`, { token: admin, body: { role } });
  if (status !== 200) throw new Error(`${uid} could not be made a member: ${JSON.stringify(body)}`);
  return { uid, token: () => signInAs(email, stack.addresses)() };
}
