/** The kinds of streams: what each carries. */
import {
  eventTypes,
  FaultlineError,
  formatRoom,
  type HeatmapEvent,
  issueEventTypes,
  parseRoom,
  type RoomKind,
  roomKinds,
  type StatsEvent,
} from "@faultline/contract";
import type { Message } from "../dispatch/encode.ts";
import { allValues, type Values } from "../session.ts";

export interface StreamKind {
  readonly types: ReadonlySet<string>;
  /** The rooms that have such events. */
  readonly rooms: readonly RoomKind[];
  /** The room when none is asked for: this, of the token's organization. */
  readonly usualRoom: RoomKind;
  /** The state that is sent on subscribing; none when left out. */
  readonly values?: Values;
  /** Whether nothing comes before those values, and they are repeated. */
  readonly isSnapshot: boolean;
}

export const streamKinds = {
  issues: {
    types: new Set(issueEventTypes),
    rooms: ["org", "campus", "building"],
    usualRoom: "org",
    isSnapshot: false,
  },
  heatmap: {
    types: new Set(["heatmap:updated"]),
    rooms: ["heatmap", "org", "campus"],
    usualRoom: "heatmap",
    values: (state, organizationId, rooms) => heatmapSnapshots(state.heatmap(organizationId, rooms)),
    isSnapshot: true,
  },
  stats: {
    types: new Set(["stats:updated"]),
    rooms: ["org", "campus", "building"],
    usualRoom: "org",
    values: (state, organizationId, rooms) => state.stats(organizationId, rooms).map(snapshotOf),
    isSnapshot: true,
  },
  events: {
    types: new Set(eventTypes),
    rooms: roomKinds,
    usualRoom: "org",
    values: allValues,
    isSnapshot: false,
  },
} as const satisfies Record<string, StreamKind>;

/** Throws `room-invalid` for a room in which the stream would stay silent for ever. */
export function assertCarries(kind: StreamKind, names: readonly string[]): void {
  const fieldOf = roomField(names);
  for (const [index, name] of names.entries()) {
    const field = fieldOf(index);
    const room = parseRoom(name, field);
    if (kind.rooms.includes(room.kind)) continue;
    const kinds = kind.rooms.map((kind) => `${kind}:ID`).join(", ");
    const message = `${field}: this stream carries ${kinds}, not ${formatRoom(room)}.`;
    throw new FaultlineError("room-invalid", message, { field });
  }
}

/** Names the parameter at fault: the first of several rooms is "room.0"; of one alone it is "room". */
export function roomField(names: readonly string[]): (index: number) => string {
  return names.length > 1 ? (index) => `room.${index}` : () => "room";
}

export function usualRooms(kind: StreamKind, organizationId: string): readonly string[] {
  return [formatRoom({ kind: kind.usualRoom, id: organizationId })];
}

/** Many who are sent the same value share its snapshot, and so the snapshot's encoding. */
const known = new WeakMap<Message, Message>();

function snapshotOf(message: Message<HeatmapEvent | StatsEvent>): Message {
  const { data } = message.data;
  const snapshot = known.get(message) ?? ("scope" in data ? statsSnapshot(data) : heatmapSnapshot(data));
  known.set(message, snapshot);
  return snapshot;
}

function statsSnapshot(data: StatsEvent["data"]): Message {
  return { name: "snapshot", data, state: { kind: "stats", keys: [`snapshot of ${data.scope}`] } };
}

/** A stream has one. */
function heatmapSnapshot(data: HeatmapEvent["data"]): Message {
  return { name: "snapshot", data, state: { kind: "heatmap", keys: ["snapshot"] } };
}

/** One snapshot, however many campuses it is of, since it replaces what a client has. */
function heatmapSnapshots(messages: readonly Message<HeatmapEvent>[]): readonly Message[] {
  const [only, ...more] = messages;
  if (only && more.length === 0) return [snapshotOf(only)];
  return [heatmapSnapshot({ cells: messages.flatMap(({ data }) => data.data.cells) })];
}
