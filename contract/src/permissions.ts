/** The one permission table, and the one function that reads it. */
import { FaultlineError } from "./errors.ts";
import type { Claims, Principal, Role } from "./identity.ts";
import type { Issue } from "./issue.ts";

/** `own`: an issue one reported and that is still open. `assigned`: an issue assigned to one. */
type Grant = "never" | "own" | "assigned" | "always";

const grants = (viewer: Grant, reporter: Grant, technician: Grant, manager: Grant, admin: Grant) =>
  ({ viewer, reporter, technician, manager, admin }) as const satisfies Record<Role, Grant>;

// biome-ignore format: a table
export const permissions = {
  //                  viewer    reporter  technician  manager   admin
  read:        grants("always", "always", "always",   "always", "always"),
  subscribe:   grants("always", "always", "always",   "always", "always"),
  report:      grants("never",  "always", "always",   "always", "always"),
  comment:     grants("never",  "always", "always",   "always", "always"),
  edit:        grants("never",  "own",    "own",      "always", "always"),
  work:        grants("never",  "never",  "assigned", "always", "always"),
  assign:      grants("never",  "never",  "never",    "always", "always"),
  merge:       grants("never",  "never",  "never",    "always", "always"),
  alert:       grants("never",  "never",  "never",    "always", "always"),
  delete:      grants("never",  "never",  "never",    "never",  "always"),
  members:     grants("never",  "never",  "never",    "never",  "always"),
  buildings:   grants("never",  "never",  "never",    "never",  "always"),
  rebuild:     grants("never",  "never",  "never",    "never",  "always"),
} as const;

export type Action = keyof typeof permissions;

/** What is the whole organization's when no subject narrows it: not for a scoped member, who could widen their own scope. */
const organizationWide: ReadonlySet<Action> = new Set(["members", "buildings", "rebuild"]);

/** What an action is done to; a whole organization when left out. */
export type Subject = { readonly campusId: string; readonly buildingId?: string } & Partial<
  Pick<Issue, "reporterId" | "assigneeId" | "status">
>;

/** Whether the member is limited to some campuses or buildings. */
export function isScoped(claims: Claims): boolean {
  return claims.campusIds !== undefined || claims.buildingIds !== undefined;
}

/** Whether a campus (without `buildingId`) or a building lies within what the member is limited to. */
export function isInScope(
  claims: Claims,
  place: { readonly campusId: string; readonly buildingId?: string },
): boolean {
  if (!isScoped(claims)) return true;
  if (claims.campusIds?.includes(place.campusId)) return true;
  return place.buildingId !== undefined && (claims.buildingIds?.includes(place.buildingId) ?? false);
}

/**
 * Whether `principal` may do `action` to `subject`. Leave `subject` out only where the answer is filtered by scope, or
 * where the action is the whole organization's: `members`, `buildings` and `rebuild` are then not a scoped admin's.
 */
export function can(principal: Principal, action: Action, subject?: Subject): boolean {
  return (
    reaches(principal, action, subject) && isGranted(permissions[action][principal.role], principal, subject)
  );
}

/** Throws `scope-exceeded` or `permission-missing` unless `can`. */
export function assertCan(principal: Principal, action: Action, subject?: Subject): void {
  if (can(principal, action, subject)) return;
  if (!reaches(principal, action, subject)) {
    throw new FaultlineError(
      "scope-exceeded",
      "This lies outside the campuses and buildings you are limited to.",
    );
  }
  throw new FaultlineError(
    "permission-missing",
    `A ${principal.role} may not do this (${action}); ask an admin of your organization.`,
  );
}

/** Whether the member's scope takes in what the action is done to. */
function reaches(principal: Principal, action: Action, subject: Subject | undefined): boolean {
  if (subject) return isInScope(principal, subject);
  return !(isScoped(principal) && organizationWide.has(action));
}

function isGranted(grant: Grant, principal: Principal, subject: Subject | undefined): boolean {
  switch (grant) {
    case "always":
      return true;
    case "own":
      return subject?.reporterId === principal.uid && subject.status === "open";
    case "assigned":
      return subject?.assigneeId === principal.uid;
    case "never":
      return false;
  }
}
