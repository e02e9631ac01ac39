/** The heat map and the stats, which are sums over its cells. */
import {
  assertCan,
  FaultlineError,
  formatRoom,
  type HeatCell,
  isInScope,
  isScoped,
  type Principal,
  type Room,
  type Stats,
  sumCells,
} from "@faultline/contract";
import type { Store } from "../store/index.ts";
import { findBuilding, findCampus } from "./find.ts";
import { scopeOf } from "./scope.ts";

/** Buildings that are counted at the same time. */
const recountsAtOnce = 8;

export interface HeatFilter {
  readonly campusId?: string | undefined;
  readonly buildingId?: string | undefined;
}

export interface HeatService {
  cells(
    principal: Principal,
    filter: { readonly campusId?: string | undefined },
  ): Promise<readonly HeatCell[]>;
  /** Of a building, a campus or the whole organization; `scope` is the room they are told in. */
  stats(principal: Principal, filter: HeatFilter): Promise<{ readonly scope: string; readonly stats: Stats }>;
  /** Counts every building's issues afresh. */
  rebuild(principal: Principal): Promise<readonly HeatCell[]>;
}

export interface HeatDeps {
  readonly store: Store;
  readonly now: () => Date;
}

export function createHeatService({ store, now }: HeatDeps): HeatService {
  return {
    async cells(principal, { campusId }) {
      assertCan(principal, "read");
      scopeOf(principal, { campusId });
      const cells = await store.heat.cells(principal.organizationId, campusId);
      return cells.filter((cell) => isInScope(principal, cell));
    },
    async stats(principal, filter) {
      const room = await roomOf(store, principal, filter);
      return {
        scope: formatRoom(room),
        stats: sumCells(await cellsOf(store, principal.organizationId, room)),
      };
    },
    async rebuild(principal) {
      assertCan(principal, "rebuild");
      const { organizationId } = principal;
      const time = now().toISOString();
      const ids = (await store.places.buildings(organizationId)).map(({ id }) => id);
      const cells: HeatCell[] = [];
      for (let index = 0; index < ids.length; index += recountsAtOnce) {
        const batch = ids.slice(index, index + recountsAtOnce);
        const counted = await Promise.all(batch.map((id) => store.heat.recount(organizationId, id, time)));
        cells.push(...counted.filter((cell) => cell !== undefined));
      }
      return cells;
    },
  };
}

async function roomOf(
  store: Store,
  principal: Principal,
  { campusId, buildingId }: HeatFilter,
): Promise<Room> {
  if (campusId !== undefined && buildingId !== undefined) {
    throw new FaultlineError("query-invalid", "buildingId: give either campusId or buildingId.", {
      field: "buildingId",
    });
  }
  if (buildingId !== undefined) {
    const { campusId: on } = await findBuilding(store, principal, buildingId);
    assertCan(principal, "read", { campusId: on, buildingId });
    return { kind: "building", id: buildingId };
  }
  if (campusId !== undefined) {
    await findCampus(store, principal, campusId);
    assertCan(principal, "read", { campusId });
    return { kind: "campus", id: campusId };
  }
  assertCan(principal, "read");
  if (isScoped(principal)) throw wholeOrganization();
  return { kind: "org", id: principal.organizationId };
}

async function cellsOf(
  store: Store,
  organizationId: string,
  { kind, id }: Room,
): Promise<readonly HeatCell[]> {
  if (kind !== "building") return store.heat.cells(organizationId, kind === "campus" ? id : undefined);
  const cell = await store.heat.cell(organizationId, id);
  return cell ? [cell] : [];
}

function wholeOrganization(): FaultlineError {
  return new FaultlineError(
    "scope-exceeded",
    "You are limited to some campuses and buildings; name one with campusId or buildingId.",
    { field: "campusId" },
  );
}
