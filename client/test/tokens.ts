/** ID tokens as the Auth emulator makes them: unsigned. */
import type { Claims } from "@faultline/contract";
import { inject } from "vitest";

export interface TokenOptions extends Partial<Claims> {
  readonly uid?: string;
  /** Seconds from now. Default an hour. */
  readonly expiresIn?: number;
  /** Seconds ago. Default two hours. */
  readonly age?: number;
}

export function idToken({ uid = "ada", expiresIn = 3_600, age = 7_200, ...claims }: TokenOptions): string {
  const projectId = inject("projectId");
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    sub: uid,
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    iat: now - age,
    exp: now + expiresIn,
    role: "admin",
    ...claims,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part(payload)}.`;
}
