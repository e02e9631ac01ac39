/** ID tokens as the Auth emulator makes them. */
import type { Claims } from "@faultline/contract";
import { UnsecuredJWT } from "jose";
import { inject } from "vitest";

export interface TokenOptions extends Partial<Claims> {
  readonly uid?: string;
  readonly projectId?: string;
  /** Seconds from now. Default an hour. */
  readonly expiresIn?: number;
  /** Seconds ago. Default two hours. */
  readonly age?: number;
}

/** Unsigned; by default a manager's. Without `organizationId` the token names none. */
export function unsignedToken(options: TokenOptions): string {
  const {
    uid = "someone",
    projectId = inject("projectId"),
    expiresIn = 3_600,
    age = 7_200,
    ...claims
  } = options;
  const now = Math.floor(Date.now() / 1_000);
  return new UnsecuredJWT({ role: "manager", ...claims })
    .setIssuer(`https://securetoken.google.com/${projectId}`)
    .setAudience(projectId)
    .setSubject(uid)
    .setIssuedAt(now - age)
    .setExpirationTime(now + expiresIn)
    .encode();
}
