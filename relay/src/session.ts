/** One connection's subscriptions, the same for both transports. */
import {
  FaultlineError,
  formatRoom,
  type Principal,
  type Room,
  roomKey,
  roomsPerRequest,
} from "@faultline/contract";
import { type Authorize, everybodyKey } from "./access/rooms.ts";
import type { Dispatch } from "./dispatch/dispatch.ts";
import { lostMessage, type Message } from "./dispatch/encode.ts";
import type { Subscriber } from "./dispatch/subscriber.ts";
import type { Ingest, Watch } from "./ingest/ingest.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { State } from "./state/state.ts";

export interface SessionServices {
  readonly authorize: Authorize;
  readonly ingest: Ingest;
  readonly dispatch: Dispatch;
  readonly state: State;
  readonly metrics: Metrics;
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
  return new SubscriberSession(services, principal, subscriber);
}

class SubscriberSession implements Session {
  readonly #services: SessionServices;
  readonly #principal: Principal;
  readonly #subscriber: Subscriber;
  readonly #joined = new Map<string, Room>();
  #watch: Watch | undefined;
  #hasEnded = false;

  constructor(services: SessionServices, principal: Principal, subscriber: Subscriber) {
    this.#services = services;
    this.#principal = principal;
    this.#subscriber = subscriber;
  }

  async subscribe(
    { names, since, fieldOf }: SubscribeRequest,
    begin: (subscribed: Subscribed) => void,
  ): Promise<void> {
    const { authorize, ingest, dispatch, metrics } = this.#services;
    const asked = await authorize(this.#principal, names, fieldOf);
    this.#assertFits(asked);
    this.#watch ??= await ingest.watch(this.#principal.organizationId);
    if (this.#hasEnded) {
      this.#watch.end();
      throw new FaultlineError("unavailable", "The connection has ended.");
    }
    this.#join(asked);
    const position = this.#watch.position();
    // Replay belongs here: read the log from `since` up to `position`, in the tick of joining.
    const recovered = since === undefined || since === position;
    if (since !== undefined) metrics.replayed(this.#subscriber.transport, recovered ? "current" : "lost", 0);
    begin({ asked, rooms: [...this.#joined.keys()], position, recovered, replayed: 0 });
    if (!recovered) dispatch.sendTo(this.#subscriber, lostMessage(position));
  }

  unsubscribe(rooms: readonly Room[]): readonly string[] {
    this.#services.dispatch.leave(this.#subscriber, this.#keysOf(rooms));
    for (const room of rooms) this.#joined.delete(formatRoom(room));
    if (this.#joined.size === 0) this.#letGo();
    return [...this.#joined.keys()];
  }

  async welcome(rooms: readonly Room[], values: Values = allValues): Promise<void> {
    const { state, dispatch } = this.#services;
    const { organizationId } = this.#principal;
    await state.ready(organizationId);
    const still = rooms.filter((room) => this.#joined.has(formatRoom(room)));
    for (const message of values(state, organizationId, still)) dispatch.sendTo(this.#subscriber, message);
  }

  end(): void {
    this.#hasEnded = true;
    this.unsubscribe([...this.#joined.values()]);
  }

  #assertFits(rooms: readonly Room[]): void {
    const names = new Set([...this.#joined.keys(), ...rooms.map(formatRoom)]);
    if (names.size <= roomsPerConnection) return;
    const message = `A connection can be in ${roomsPerConnection} rooms at most.`;
    throw new FaultlineError("too-many-rooms", message, { field: "rooms" });
  }

  #join(rooms: readonly Room[]): void {
    for (const room of rooms) this.#joined.set(formatRoom(room), room);
    const everybody = everybodyKey(this.#principal.organizationId);
    this.#services.dispatch.join(this.#subscriber, [everybody, ...this.#keysOf(rooms)]);
  }

  /** Whoever is in no room is told nothing, and needs no log to be followed. */
  #letGo(): void {
    this.#services.dispatch.leave(this.#subscriber, [everybodyKey(this.#principal.organizationId)]);
    this.#watch?.end();
    this.#watch = undefined;
  }

  #keysOf(rooms: readonly Room[]): readonly string[] {
    return rooms.map((room) => roomKey(this.#principal.organizationId, room));
  }
}
