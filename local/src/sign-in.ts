/** Signing in as a person would, at the Auth emulator; with `FAULTLINE_TOKEN`, an ID token from elsewhere is used. */
import { z } from "zod";
import { type Addresses, demoPassword } from "./settings.ts";
import { UsageError } from "./usage.ts";

const answerSchema = z.object({ idToken: z.string(), expiresIn: z.coerce.number() });

/** Seconds before its expiry at which a token is replaced. */
const renewBeforeSeconds = 300;

/** Resolves to an ID token that is valid for some minutes at the least. */
export type TokenSource = () => Promise<string>;

/** A source of ID tokens for a demo user. Rejects when the emulator does not answer or does not know the user. */
export function signInAs(
  email: string,
  addresses: Pick<Addresses, "auth">,
  password = demoPassword,
): TokenSource {
  let current: { readonly token: string; readonly renewAt: number } | undefined;
  return async () => {
    const given = process.env.FAULTLINE_TOKEN;
    if (given) return given;
    if (!current || Date.now() > current.renewAt) current = await signIn(email, addresses.auth, password);
    return current.token;
  };
}

async function signIn(
  email: string,
  auth: string,
  password: string,
): Promise<{ token: string; renewAt: number }> {
  const url = `http://${auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=local`;
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password, returnSecureToken: true }),
  }).catch((error: unknown) => {
    throw new UsageError(`Nothing answers at ${auth}; is the local stack up (npm start)?`, { cause: error });
  });
  if (!response.ok) {
    throw new UsageError(
      `${email} can't sign in at the local stack (${response.status}); is it one of the demo users?`,
    );
  }
  const { idToken, expiresIn } = answerSchema.parse(await response.json());
  return { token: idToken, renewAt: Date.now() + (expiresIn - renewBeforeSeconds) * 1_000 };
}
