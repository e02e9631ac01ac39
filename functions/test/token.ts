/** Unsigned ID tokens, as the Auth emulator gives them. */
import type { Claims, Role } from "@faultline/contract";
import { UnsecuredJWT } from "jose";

export interface TokenOptions extends Partial<Claims> {
  readonly uid?: string;
  readonly name?: string;
  readonly projectId: string;
  /** Default "1h". */
  readonly expires?: string | number;
}

export function idToken({ projectId, uid = "someone", expires = "1h", ...claims }: TokenOptions): string {
  return new UnsecuredJWT({ ...claims })
    .setSubject(uid)
    .setIssuer(`https://securetoken.google.com/${projectId}`)
    .setAudience(projectId)
    .setIssuedAt()
    .setExpirationTime(expires)
    .encode();
}

export type { Role };
