/** Buildings: everyone reads those in scope, admins make them. */
import {
  assertCan,
  type Building,
  isInScope,
  type Principal,
  type UpdateBuilding,
} from "@faultline/contract";
import type { Store } from "../store/index.ts";
import { findBuilding, refuse } from "./find.ts";
import { scopeOf } from "./scope.ts";

export interface BuildingService {
  list(
    principal: Principal,
    filter: { readonly campusId?: string | undefined },
  ): Promise<readonly Building[]>;
  create(principal: Principal, building: Building): Promise<Building>;
  update(principal: Principal, id: string, change: UpdateBuilding): Promise<Building>;
  remove(principal: Principal, id: string): Promise<void>;
}

export function createBuildingService(store: Store): BuildingService {
  const { places } = store;
  return {
    async list(principal, { campusId }) {
      assertCan(principal, "read");
      scopeOf(principal, { campusId });
      const buildings = await places.buildings(principal.organizationId, campusId);
      return buildings.filter((building) => isInScope(principal, subjectOf(building)));
    },
    async create(principal, building) {
      assertCan(principal, "buildings", { campusId: building.campusId });
      await places.createBuilding(principal.organizationId, building);
      return building;
    },
    async update(principal, id, change) {
      const { organizationId } = principal;
      assertCan(principal, "buildings", subjectOf(await findBuilding(store, principal, id, "id")));
      return (await places.updateBuilding(organizationId, id, change)) ?? refuse("building", id, "id");
    },
    async remove(principal, id) {
      assertCan(principal, "buildings", subjectOf(await findBuilding(store, principal, id, "id")));
      if (!(await places.deleteBuilding(principal.organizationId, id))) refuse("building", id, "id");
    },
  };
}

function subjectOf({ id, campusId }: Building) {
  return { campusId, buildingId: id };
}
