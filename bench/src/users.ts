/** Who the clients are: files of users as the load generator reads them. Tokens are unsigned, as the Auth emulator's. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tokenOf } from "../../e2e/support/backend.ts";

/** A user may have 100 connections. */
const clientsPerUser = 50;

/** Users of one organization, enough for so many clients. Gives the file's path. */
export async function writeUsers(folder: string, clients: number): Promise<string> {
  const users = Array.from({ length: Math.ceil(clients / clientsPerUser) }, (_, number) => `user-${number}`);
  return write(join(folder, `users-${clients}`), users.map(tokenOf));
}

/** A user for each organization, in these rooms of it. Gives the file's path. */
export async function writeUsersOf(
  folder: string,
  organizations: readonly string[],
  roomsOf: (organizationId: string) => readonly string[],
): Promise<string> {
  const lines = organizations.map(
    (id) => `${tokenIn({ organizationId: id }, `user-of-${id}`)} ${JSON.stringify(roomsOf(id))}`,
  );
  return write(join(folder, `users-of-${organizations.length}`), lines);
}

async function write(path: string, lines: readonly string[]): Promise<string> {
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

/** A token with other claims than a viewer's of the organization. */
export function tokenIn(
  claims: { readonly organizationId?: string; readonly role?: string },
  uid: string,
): string {
  const [head = "", payload = ""] = tokenOf(uid).split(".");
  const usual = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  return `${head}.${Buffer.from(JSON.stringify({ ...usual, ...claims })).toString("base64url")}.`;
}
