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
  /** Default "1h". */
  readonly expires?: string;
}

export function idToken({ projectId, uid = "someone", expires = "1h", ...claims }: TokenOptions): string {
  return new UnsecuredJWT({ ...claims })
    .setSubject(uid)
    .setIssuer(`https://securetoken.google.com/${projectId}`)
    .setAudience(projectId)
    .setIssuedAt(new Date(Date.now() - 7_200_000))
    .setExpirationTime(expires)
    .encode();
}
