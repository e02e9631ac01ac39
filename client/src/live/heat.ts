/** The heat map and the stats, kept up to date. */
import type { FaultlineEvent, HeatCell, Principal, Stats } from "@faultline/contract";
import type { Api } from "../api/api.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "./hub.ts";
import { heatRooms, type PlaceFilter, statsRoom } from "./rooms.ts";
import { ready, unknown, Watch, type WatchSnapshot } from "./watch.ts";

export interface HeatmapSnapshot extends WatchSnapshot {
  /** One for each building that has ever had an issue. */
  readonly cells: readonly HeatCell[];
}

export interface StatsSnapshot extends WatchSnapshot {
  /** The room whose stats these are. */
  readonly scope: string | undefined;
  readonly stats: Stats | undefined;
}

export interface LiveDeps {
  readonly api: Api;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly random: () => number;
  /** Who the user is. Rejects with `Unreachable` when no token can be had. */
  readonly member: () => Promise<Principal>;
  /** Told when somebody begins to listen to what is made with these, and when nobody does any more. */
  readonly onRunning: (isRunning: boolean) => void;
}

/** A cell replaces an older version of itself, never a newer. */
export function createHeatmapWatch(deps: LiveDeps, filter: Pick<PlaceFilter, "campusId">) {
  const { api, member } = deps;
  const cells = new Map<string, HeatCell>();
  /** Buildings that changed while a fetch was under way. */
  let touched = new Set<string>();
  const isShown = (cell: HeatCell) => filter.campusId === undefined || cell.campusId === filter.campusId;
  const merge = (cell: HeatCell) => {
    const known = cells.get(cell.buildingId);
    if (!isShown(cell) || (known && known.version >= cell.version)) return false;
    cells.set(cell.buildingId, cell);
    return true;
  };
  const show = () => watch.show({ cells: [...cells.values()] });
  const watch: Watch<HeatmapSnapshot> = new Watch({
    ...deps,
    initial: { ...unknown, cells: [] },
    rooms: async () => heatRooms(await member(), filter),
    follow: () => () => cells.clear(),
    async load(signal) {
      touched = new Set();
      const fetched = await api.heatmap.get(filter, { signal });
      if (signal.aborted) return;
      const listed = new Set(fetched.cells.map(({ buildingId }) => buildingId));
      for (const id of [...cells.keys()]) if (!listed.has(id) && !touched.has(id)) cells.delete(id);
      for (const cell of fetched.cells) merge(cell);
      watch.show({ ...ready, cells: [...cells.values()] });
    },
    onEvent(event) {
      const changed = cellsOf(event, cells).filter(merge);
      for (const { buildingId } of changed) touched.add(buildingId);
      if (changed.length > 0) show();
    },
  });
  return watch;
}

/** Of a building whose heat map is not told, the stats are; they are its cell's, and newer than what is known. */
function cellsOf(event: FaultlineEvent, cells: ReadonlyMap<string, HeatCell>): readonly HeatCell[] {
  if (event.type === "heatmap:updated") return event.data.cells;
  if (event.type !== "stats:updated" || !event.data.scope.startsWith("building:")) return [];
  const cell = cells.get(event.data.scope.slice("building:".length));
  if (!cell || Date.parse(cell.updatedAt) >= Date.parse(event.time)) return [];
  const { total: _total, unresolved: _unresolved, ...tally } = event.data.stats;
  return [{ ...cell, ...tally, updatedAt: event.time, version: cell.version + 1 }];
}

export function createStatsWatch(deps: LiveDeps, filter: PlaceFilter) {
  const { api, member } = deps;
  let scope: string | undefined;
  /** Whether stats were told while a fetch was under way: they may be newer. */
  let isTold = false;
  const watch: Watch<StatsSnapshot> = new Watch({
    ...deps,
    initial: { ...unknown, scope: undefined, stats: undefined },
    async rooms() {
      scope = statsRoom(await member(), filter);
      return [scope];
    },
    async load(signal) {
      isTold = false;
      const fetched = await api.stats.get(filter, { signal });
      if (signal.aborted) return;
      if (!isTold) watch.show({ ...ready, ...fetched });
    },
    onEvent(event) {
      if (event.type !== "stats:updated" || event.data.scope !== scope) return;
      isTold = true;
      watch.show({ ...ready, ...event.data });
    },
  });
  return watch;
}
