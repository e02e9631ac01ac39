/** Claims as Firebase writes them, and what a verifier makes of a token. */
import { FaultlineError } from "@faultline/contract";
import { type JWTPayload, UnsecuredJWT } from "jose";

export const projectId = "demo-test";

export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** The claims of a good token; undefined in `change` leaves one out. */
export function claimsOf(change: Record<string, unknown> = {}): JWTPayload {
  const claims = {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: "ann",
    user_id: "ann",
    iat: secondsFromNow(-60),
    exp: secondsFromNow(3_540),
    auth_time: secondsFromNow(-60),
    organizationId: "riverside",
    role: "manager",
    firebase: { identities: {}, sign_in_provider: "password" },
    ...change,
  };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}

/** A token as the Auth emulator issues it: unsigned. */
export function unsigned(claims: JWTPayload): string {
  return new UnsecuredJWT(claims).encode();
}

export function base64url(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** The `FaultlineError` that `attempt` rejects with; anything else fails the test. */
export async function refusalOf(attempt: Promise<unknown>): Promise<FaultlineError> {
  const error = await attempt.then(
    () => new Error("nothing was refused"),
    (reason: unknown) => reason,
  );
  if (error instanceof FaultlineError) return error;
  throw error;
}
