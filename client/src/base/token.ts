/** The ID token: where it comes from, and what it says. */
import type { Claims, Principal } from "@faultline/contract";

/**
 * Gives the user's ID token; with `fresh`, one that was issued just now. Firebase's
 * `(fresh) => user.getIdToken(fresh)` is one.
 */
export type GetToken = (fresh: boolean) => Promise<string> | string;

/** What a token says of its bearer; undefined for what is no token of a member. Nothing is verified: servers do that. */
export function readToken(token: string): Principal | undefined {
  try {
    const { sub, iat, exp, name, organizationId, role, campusIds, buildingIds } = payloadOf(token);
    if (typeof sub !== "string" || typeof organizationId !== "string") return undefined;
    return {
      uid: sub,
      ...(typeof name === "string" && { name }),
      organizationId,
      role: role as Claims["role"],
      ...(Array.isArray(campusIds) && { campusIds }),
      ...(Array.isArray(buildingIds) && { buildingIds }),
      issuedAt: Number(iat),
      expiresAt: Number(exp),
    };
  } catch {
    return undefined;
  }
}

/** Whether both are the same person, whatever they may do. */
export function isSameUser(a: Principal, b: Principal): boolean {
  return a.uid === b.uid && a.organizationId === b.organizationId;
}

/** Whether both may see and do the same. */
export function isSameMember(a: Principal | undefined, b: Principal | undefined): boolean {
  const key = (one: Principal | undefined) =>
    one && JSON.stringify([one.uid, one.organizationId, one.role, one.campusIds, one.buildingIds]);
  return key(a) === key(b);
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const base64 = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}
