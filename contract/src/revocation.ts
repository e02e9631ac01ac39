/** How a change of a member reaches live connections: what the API tells the relays. */
import { z } from "zod";
import { idSchema, timeSchema, uidSchema } from "./base.ts";
import { type Claims, claimsSchema, type Principal } from "./identity.ts";

/** The name under which a change of a member travels between servers (Socket.IO's `serverSideEmit`). */
export const memberChangeName = "faultline:member";

/**
 * What a member is from now on. Tokens issued before `at` that say something else are outdated: they are refused, and
 * connections that were opened with one are held to `claims`.
 */
export const memberChangeSchema = z.object({
  uid: uidSchema,
  organizationId: idSchema,
  /** Null when the member was removed. */
  claims: claimsSchema.nullable(),
  at: timeSchema,
});
export type MemberChange = z.infer<typeof memberChangeSchema>;

/** How long a change is kept in Redis, in seconds: as long as a token that was issued before it can live. */
export const memberChangeSeconds = 3_600 + 60;

/** Seconds by which the clock that `at` was read from and the one of whoever issues tokens may differ. */
const clockToleranceSeconds = 5;

/**
 * Whether the principal's token says something older than the newest change of the member; never for another member's
 * change. A token that says just what the change says is good whenever it was issued: the claims are set before `at` is
 * taken, and `iat` has whole seconds. One that says something else is outdated up to `at` and a little longer, since an
 * old token must not pass by rounding or by clocks that differ; a token issued still later is newer than the change.
 */
export function isOutdated(principal: Principal, change: MemberChange): boolean {
  if (principal.uid !== change.uid) return false;
  if (change.claims && sameClaims(principal, change.claims)) return false;
  return principal.issuedAt <= Math.floor(Date.parse(change.at) / 1_000) + clockToleranceSeconds;
}

/** Whether both say the same of organization, role and scope; null is no membership. */
export function sameClaims(a: Claims | null, b: Claims | null): boolean {
  if (!a || !b) return a === b;
  return (
    a.organizationId === b.organizationId &&
    a.role === b.role &&
    canonical(a.campusIds) === canonical(b.campusIds) &&
    canonical(a.buildingIds) === canonical(b.buildingIds)
  );
}

/** Of a scope, whose order means nothing. Ids contain no comma; none at all is no empty scope. */
function canonical(ids: readonly string[] | undefined): string | undefined {
  return ids && [...new Set(ids)].sort().join();
}
