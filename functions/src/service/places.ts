/** Campuses and buildings: everyone reads those in scope, admins make them. */
import {
  assertCan,
  type Building,
  type Campus,
  isInScope,
  type Principal,
  type UpdateBuilding,
  type UpdateCampus,
} from "@faultline/contract";
import type { Store } from "../store/index.ts";
import { findBuilding, refuse } from "./find.ts";
import { scopeOf } from "./scope.ts";

export interface PlaceService {
  /** Those in scope, and those that a building in scope is on. */
  campuses(principal: Principal): Promise<readonly Campus[]>;
  createCampus(principal: Principal, campus: Campus): Promise<Campus>;
  updateCampus(principal: Principal, id: string, change: UpdateCampus): Promise<Campus>;
  deleteCampus(principal: Principal, id: string): Promise<void>;
  buildings(
    principal: Principal,
    filter: { readonly campusId?: string | undefined },
  ): Promise<readonly Building[]>;
  createBuilding(principal: Principal, building: Building): Promise<Building>;
  updateBuilding(principal: Principal, id: string, change: UpdateBuilding): Promise<Building>;
  deleteBuilding(principal: Principal, id: string): Promise<void>;
}

export function createPlaceService(store: Store): PlaceService {
  const { places } = store;
  return {
    async campuses(principal) {
      assertCan(principal, "read");
      const { organizationId, buildingIds } = principal;
      const campuses = await places.campuses(organizationId);
      const buildings = buildingIds
        ? await Promise.all(buildingIds.map((id) => places.building(organizationId, id)))
        : [];
      const around = new Set(buildings.map((building) => building?.campusId));
      return campuses.filter(({ id }) => around.has(id) || isInScope(principal, { campusId: id }));
    },
    async createCampus(principal, campus) {
      assertCan(principal, "buildings");
      await places.createCampus(principal.organizationId, campus);
      return campus;
    },
    async updateCampus(principal, id, change) {
      assertCan(principal, "buildings");
      return (await places.updateCampus(principal.organizationId, id, change)) ?? refuse("campus", id, "id");
    },
    async deleteCampus(principal, id) {
      assertCan(principal, "buildings");
      if (!(await places.deleteCampus(principal.organizationId, id))) refuse("campus", id, "id");
    },
    async buildings(principal, { campusId }) {
      assertCan(principal, "read");
      scopeOf(principal, { campusId });
      const buildings = await places.buildings(principal.organizationId, campusId);
      return buildings.filter((building) =>
        isInScope(principal, { campusId: building.campusId, buildingId: building.id }),
      );
    },
    async createBuilding(principal, building) {
      assertCan(principal, "buildings", { campusId: building.campusId });
      await places.createBuilding(principal.organizationId, building);
      return building;
    },
    async updateBuilding(principal, id, change) {
      await assertMayChange(store, principal, id);
      return (
        (await places.updateBuilding(principal.organizationId, id, change)) ?? refuse("building", id, "id")
      );
    },
    async deleteBuilding(principal, id) {
      await assertMayChange(store, principal, id);
      if (!(await places.deleteBuilding(principal.organizationId, id))) refuse("building", id, "id");
    },
  };
}

async function assertMayChange(store: Store, principal: Principal, id: string): Promise<void> {
  const { campusId } = await findBuilding(store, principal, id, "id");
  assertCan(principal, "buildings", { campusId, buildingId: id });
}
