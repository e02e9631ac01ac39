/** One connection's subscriptions, the same for both transports. */
import {
  FaultlineError,
  formatRoom,
  type Principal,
  type Room,
  roomKey,
  roomsPerRequest,
} from "@faultline/contract";
import type { Dispatch } from "./dispatch.ts";
import { lostMessage, type Message } from "./encode.ts";
import type { Ingest, Watch } from "./ingest.ts";
import { type Authorize, everybodyKey } from "./rooms.ts";
import type { State } from "./state.ts";
import type { Subscriber } from "./subscriber.ts";

export interface SessionServices {
  readonly authorize: Authorize;
  readonly ingest: Ingest;
  readonly dispatch: Dispatch;
  readonly state: State;
}

export interface SubscribeRequest {
  readonly names: readonly string[];
  /** The position that the client has everything up to. */
  readonly since?: string;
  /** The field that a name came from, for an error. */
  readonly fieldOf: (index: number) => string;
}

/** What a subscription begins with. */
export interface Subscribed {
  /** The rooms that were asked for. */
  readonly asked: readonly Room[];
  /** The names of all rooms that the session is in now. */
  readonly rooms: readonly string[];
  readonly position: string;
  readonly recovered: boolean;
  readonly replayed: number;
}

export interface Session {
  /**
   * Joins all rooms or, rejecting, none. `begin` is called in the tick of joining: what it sends comes before any event,
   * and every event after `position` comes after it. MUST NOT be called again before it has settled.
   */
  subscribe(request: SubscribeRequest, begin: (subscribed: Subscribed) => void): Promise<void>;
  /** Leaves rooms; one that the session is not in is no error. Gives the names of those that it still is in. */
  unsubscribe(rooms: readonly Room[]): readonly string[];
  /** Sends what the rooms show just now, as soon as that is known: `values`, by default heat map and stats. */
  welcome(rooms: readonly Room[], values?: Values): Promise<void>;
  /** Leaves everything. */
  end(): void;
}

/** The state messages for a subscriber of these rooms. */
export type Values = (state: State, organizationId: string, rooms: readonly Room[]) => readonly Message[];

/** Heat map and stats. */
export const allValues: Values = (state, organizationId, rooms) => [
  ...state.heatmap(organizationId, rooms),
  ...state.stats(organizationId, rooms),
];

/** The most rooms that one connection may be in. */
export const roomsPerConnection = roomsPerRequest;

export function createSession(
  services: SessionServices,
  principal: Principal,
  subscriber: Subscriber,
): Session {
  const { authorize, ingest, dispatch, state } = services;
  const { organizationId } = principal;
  const joined = new Map<string, Room>();
  let watch: Watch | undefined;
  let hasEnded = false;
  const keyOf = (room: Room) => roomKey(organizationId, room);
  const everybody = everybodyKey(organizationId);

  const leave = (rooms: readonly Room[]) => {
    dispatch.leave(subscriber, rooms.map(keyOf));
    for (const room of rooms) joined.delete(formatRoom(room));
    if (joined.size > 0) return;
    dispatch.leave(subscriber, [everybody]);
    watch?.end();
    watch = undefined;
  };

  const join = (rooms: readonly Room[]) => {
    for (const room of rooms) joined.set(formatRoom(room), room);
    dispatch.join(subscriber, [everybody, ...rooms.map(keyOf)]);
  };

  const assertFits = (rooms: readonly Room[]) => {
    const names = new Set([...joined.keys(), ...rooms.map(formatRoom)]);
    if (names.size <= roomsPerConnection) return;
    const message = `A connection can be in ${roomsPerConnection} rooms at most.`;
    throw new FaultlineError("too-many-rooms", message, { field: "rooms" });
  };

  return {
    async subscribe({ names, since, fieldOf }, begin) {
      const asked = await authorize(principal, names, fieldOf);
      assertFits(asked);
      watch ??= await ingest.watch(organizationId);
      if (hasEnded) {
        watch.end();
        throw new FaultlineError("unavailable", "The connection has ended.");
      }
      join(asked);
      const position = watch.position();
      // Replay belongs here: read the log from `since` up to `position`, in the tick of joining.
      const recovered = since === undefined || since === position;
      begin({ asked, rooms: [...joined.keys()], position, recovered, replayed: 0 });
      if (!recovered) dispatch.sendTo(subscriber, lostMessage(position));
    },
    unsubscribe(rooms) {
      leave(rooms);
      return [...joined.keys()];
    },
    async welcome(rooms, values = allValues) {
      await state.ready(organizationId);
      const still = rooms.filter((room) => joined.has(formatRoom(room)));
      for (const message of values(state, organizationId, still)) dispatch.sendTo(subscriber, message);
    },
    end() {
      hasEnded = true;
      leave([...joined.values()]);
    },
  };
}
