/** What of a list a scoped member sees. */
import { assertCan, FaultlineError, isInScope, isScoped, type Principal } from "@faultline/contract";
import type { Scope } from "../store/index.ts";

interface PlaceFilter {
  readonly campusId?: string | undefined;
  /** With the campus it is on. */
  readonly building?: { readonly id: string; readonly campusId: string } | undefined;
}

/**
 * The scope that a list has to be limited to; undefined when the filter already lies within what the member may see.
 * Throws `scope-exceeded` when it lies outside.
 */
export function scopeOf(principal: Principal, { campusId, building }: PlaceFilter): Scope | undefined {
  const { campusIds, buildingIds } = principal;
  if (!isScoped(principal)) return undefined;
  if (building) {
    assertCan(principal, "read", { campusId: building.campusId, buildingId: building.id });
    return undefined;
  }
  if (campusId === undefined) return { ...(campusIds && { campusIds }), ...(buildingIds && { buildingIds }) };
  if (isInScope(principal, { campusId })) return undefined;
  // Some of the campus's buildings may still be theirs.
  if (buildingIds) return { buildingIds };
  throw new FaultlineError("scope-exceeded", `campusId: ${campusId} is outside what you are limited to.`, {
    field: "campusId",
  });
}
