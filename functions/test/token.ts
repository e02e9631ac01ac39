/** Unsigned ID tokens, as the Auth emulator gives them. */
import type { Role } from "@faultline/contract";
import { UnsecuredJWT } from "jose";

export interface TokenOptions {
  readonly projectId: string;
  /** Default "someone". */
  readonly uid?: string;
  readonly name?: string;
  readonly organizationId?: string | undefined;
  readonly role?: Role;
  readonly campusIds?: readonly string[];
  readonly buildingIds?: readonly string[];
  /** In milliseconds since 1970. Default two hours ago. */
  readonly issuedAt?: number;
  /** Default "1h". */
  readonly expires?: string;
}

export function idToken(options: TokenOptions): string {
  const {
    projectId,
    uid = "someone",
    issuedAt = Date.now() - 7_200_000,
    expires = "1h",
    ...claims
  } = options;
  return new UnsecuredJWT({ ...claims })
    .setSubject(uid)
    .setIssuer(`https://securetoken.google.com/${projectId}`)
    .setAudience(projectId)
    .setIssuedAt(new Date(issuedAt))
    .setExpirationTime(expires)
    .encode();
}
