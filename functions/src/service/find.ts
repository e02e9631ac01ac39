/** A campus or building of the principal's organization, or an error that says there is none. */
import { type Building, type Campus, FaultlineError, type Principal } from "@faultline/contract";
import type { Store } from "../store/index.ts";

/** Throws `campus-unknown`, naming `field`. */
export async function findCampus(
  store: Store,
  { organizationId }: Principal,
  id: string,
  field = "campusId",
): Promise<Campus> {
  return (await store.places.campus(organizationId, id)) ?? refuse("campus", id, field);
}

/** Throws `building-unknown`, naming `field`. */
export async function findBuilding(
  store: Store,
  { organizationId }: Principal,
  id: string,
  field = "buildingId",
): Promise<Building> {
  return (await store.places.building(organizationId, id)) ?? refuse("building", id, field);
}

/** Throws that there is no such thing in the organization. */
export function refuse(
  kind: "campus" | "building" | "issue" | "alert" | "member",
  id: string,
  field: string,
): never {
  throw new FaultlineError(`${kind}-unknown`, `${field}: there is no ${kind} ${id} in your organization.`, {
    field,
  });
}
