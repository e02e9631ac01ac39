/** Campuses: everyone reads those in scope, admins make them. */
import { assertCan, type Campus, isInScope, type Principal, type UpdateCampus } from "@faultline/contract";
import type { Store } from "../store/index.ts";
import { refuse } from "./find.ts";

export interface CampusService {
  /** Those in scope, and those that a building in scope is on. */
  list(principal: Principal): Promise<readonly Campus[]>;
  create(principal: Principal, campus: Campus): Promise<Campus>;
  update(principal: Principal, id: string, change: UpdateCampus): Promise<Campus>;
  remove(principal: Principal, id: string): Promise<void>;
}

export function createCampusService({ places }: Pick<Store, "places">): CampusService {
  return {
    async list(principal) {
      assertCan(principal, "read");
      const { organizationId, buildingIds = [] } = principal;
      const campuses = await places.campuses(organizationId);
      const buildings = await Promise.all(buildingIds.map((id) => places.building(organizationId, id)));
      const around = new Set(buildings.map((building) => building?.campusId));
      return campuses.filter(({ id }) => around.has(id) || isInScope(principal, { campusId: id }));
    },
    async create(principal, campus) {
      assertCan(principal, "buildings");
      await places.createCampus(principal.organizationId, campus);
      return campus;
    },
    async update(principal, id, change) {
      assertCan(principal, "buildings");
      return (await places.updateCampus(principal.organizationId, id, change)) ?? refuse("campus", id, "id");
    },
    async remove(principal, id) {
      assertCan(principal, "buildings");
      if (!(await places.deleteCampus(principal.organizationId, id))) refuse("campus", id, "id");
    },
  };
}
