/** The state events that follow from heat cells. */
import {
  formatRoom,
  type HeatCell,
  type HeatmapEvent,
  type Room,
  type StatsEvent,
  sumCells,
} from "@faultline/contract";
import { type Message, messageOf } from "../dispatch/encode.ts";

export interface Scope {
  readonly organizationId: string;
  readonly room: Room;
  /** Cells outside the room's scope are left out. */
  readonly cells: Iterable<HeatCell>;
  /** The event's time when no cell has one. */
  readonly now: string;
}

/** The heat map of a room: the cells that are given. */
export function heatmapMessage(scope: Scope): Message<HeatmapEvent> {
  const { organizationId, room, now } = scope;
  const cells = cellsIn(scope);
  const event: HeatmapEvent = {
    type: "heatmap:updated",
    organizationId,
    ...(room.kind === "campus" && { campusId: room.id }),
    time: newestTime(cells, now),
    data: { cells },
  };
  const keys = [`heat of ${formatRoom(room)}`, ...cells.map(({ buildingId }) => `cell ${buildingId}`)];
  return { ...messageOf(event), state: { kind: "heatmap", keys } };
}

/** The stats of a room: the sum of the cells that are given. */
export function statsMessage(scope: Scope): Message<StatsEvent> {
  const { organizationId, room, now } = scope;
  const cells = cellsIn(scope);
  const campusId =
    room.kind === "campus" ? room.id : room.kind === "building" ? cells[0]?.campusId : undefined;
  const event: StatsEvent = {
    type: "stats:updated",
    organizationId,
    ...(campusId !== undefined && { campusId }),
    ...(room.kind === "building" && { buildingId: room.id }),
    time: newestTime(cells, now),
    data: { scope: formatRoom(room), stats: sumCells(cells) },
  };
  return { ...messageOf(event), state: { kind: "stats", keys: [`stats of ${formatRoom(room)}`] } };
}

function cellsIn({ room, cells }: Scope): HeatCell[] {
  return [...cells].filter((cell) => isInScope(room, cell));
}

function newestTime(cells: readonly HeatCell[], otherwise: string): string {
  const times = cells.map((cell) => Date.parse(cell.updatedAt));
  return times.length > 0 ? new Date(times.reduce((a, b) => Math.max(a, b))).toISOString() : otherwise;
}

function isInScope(room: Room, cell: HeatCell): boolean {
  if (room.kind === "campus") return cell.campusId === room.id;
  if (room.kind === "building") return cell.buildingId === room.id;
  return true;
}
