/** One connection's subscriptions, the same for both transports. */
import {
  comparePositions,
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
import type { Outgoing } from "./replay/outgoing.ts";
import type { Replay } from "./replay/replay.ts";
import type { State } from "./state/state.ts";

export interface SessionServices {
  readonly authorize: Authorize;
  readonly ingest: Ingest;
  readonly replay: Replay;
  readonly dispatch: Dispatch;
  readonly state: State;
  readonly metrics: Metrics;
}

export interface SubscribeRequest {
  readonly names: readonly string[];
  /** The position that the client has everything up to, in these rooms. */
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
   * Joins all rooms or, rejecting, none. `begin` is called in the tick of joining: what it sends comes before any event.
   * After it comes what was missed since the position that was asked for, then every event after `position`. MUST NOT be
   * called again before it has settled.
   */
  subscribe(request: SubscribeRequest, begin: (subscribed: Subscribed) => void): Promise<void>;
  /** Leaves rooms; one that the session is not in is no error. Gives the names of those that it still is in. */
  unsubscribe(rooms: readonly Room[]): readonly string[];
  /** Sends what the rooms show just now, as soon as that is known: `values`, by default heat map and stats. */
  welcome(rooms: readonly Room[], values?: Values): Promise<void>;
  /**
   * Goes on as `principal`, of the same organization: leaves the rooms that it may not read, and gives the names of those
   * that it may. Rejects, and nothing has changed, when that can't be found out.
   */
  readmit(principal: Principal): Promise<readonly string[]>;
  /** All that happened in its rooms up to this position was sent; undefined while it is in no room. */
  position(): string | undefined;
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

/** Rooms, and as whom they were asked for. */
interface Asked {
  readonly rooms: readonly Room[];
  readonly principal: Principal;
}

interface Joined {
  readonly room: Room;
  /** All that happened in the room after this position was sent. */
  readonly since: string;
}

interface Resumption {
  readonly since: string;
  readonly position: string;
  readonly missed: readonly Outgoing[] | "lost";
}

class SubscriberSession implements Session {
  readonly #services: SessionServices;
  #principal: Principal;
  readonly #subscriber: Subscriber;
  /** A few: a list weighs less than a map. */
  #joined: readonly Joined[] = [];
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
    const { authorize, ingest, replay } = this.#services;
    const principal = this.#principal;
    const { organizationId } = principal;
    const rooms = await authorize(principal, names, fieldOf);
    const asked: Asked = { rooms, principal };
    this.#assertFits(rooms);
    const watch = this.#watch ?? (await ingest.watch(organizationId));
    this.#watch = watch;
    try {
      if (since === undefined) this.#enter(asked, watch.position(), begin);
      else {
        await replay.resume({ organizationId, watch, since }, (missed) =>
          this.#resume(asked, { since, position: watch.position(), missed }, begin),
        );
      }
    } finally {
      if (this.#joined.length === 0) this.#letGo();
    }
  }

  unsubscribe(rooms: readonly Room[]): readonly string[] {
    this.#services.dispatch.leave(this.#subscriber, this.#keysOf(rooms));
    this.#joined = this.#joined.filter(({ room }) => !rooms.some((left) => isSame(left, room)));
    if (this.#joined.length === 0) this.#letGo();
    return this.#names();
  }

  async welcome(rooms: readonly Room[], values: Values = allValues): Promise<void> {
    const { state, dispatch } = this.#services;
    const { organizationId } = this.#principal;
    await state.ready(organizationId);
    const still = rooms.filter((room) => this.#joinedOf(room));
    for (const message of values(state, organizationId, still)) dispatch.sendTo(this.#subscriber, message);
  }

  async readmit(principal: Principal): Promise<readonly string[]> {
    const rooms = this.#joined.map(({ room }) => room);
    const isPermitted = await Promise.all(rooms.map((room) => this.#isPermitted(principal, room)));
    this.#principal = principal;
    return this.unsubscribe(rooms.filter((_room, at) => !isPermitted[at]));
  }

  position(): string | undefined {
    return this.#joined.length > 0 ? this.#watch?.position() : undefined;
  }

  end(): void {
    this.#hasEnded = true;
    this.unsubscribe(this.#joined.map(({ room }) => room));
  }

  /** Without a position to go on from. */
  #enter(asked: Asked, position: string, begin: (subscribed: Subscribed) => void): void {
    this.#join(asked, position);
    begin({ asked: asked.rooms, rooms: this.#names(), position, recovered: true, replayed: 0 });
  }

  #resume(asked: Asked, resumption: Resumption, begin: (subscribed: Subscribed) => void): void {
    const { dispatch, metrics } = this.#services;
    const { since, position, missed } = resumption;
    const { transport } = this.#subscriber;
    const recovered = missed !== "lost";
    const messages = recovered ? this.#select(asked.rooms, missed) : [lostMessage(position)];
    const replayed = recovered ? messages.length : 0;
    this.#join(asked, recovered ? since : position);
    metrics.replayed(transport, recovered ? (replayed > 0 ? "replayed" : "current") : "lost", replayed);
    begin({ asked: asked.rooms, rooms: this.#names(), position, recovered, replayed });
    for (const message of messages) dispatch.sendTo(this.#subscriber, message);
  }

  /** What of the missed goes to these rooms, is wanted and was not sent through a room that was joined before. */
  #select(asked: readonly Room[], missed: readonly Outgoing[]): readonly Message[] {
    const keys = new Set(this.#keysOf(asked));
    const had = this.#joined.map(({ room, since }) => ({ key: this.#keyOf(room), since }));
    return missed.flatMap(({ position, rooms, message }) => {
      const isMeant = message && rooms.some((key) => keys.has(key)) && this.#subscriber.wants(message.name);
      const wasSent = had.some(
        ({ key, since }) => rooms.includes(key) && comparePositions(position, since) > 0,
      );
      return isMeant && !wasSent ? [message] : [];
    });
  }

  async #isPermitted(principal: Principal, room: Room): Promise<boolean> {
    try {
      await this.#services.authorize(principal, [formatRoom(room)], () => "rooms");
      return true;
    } catch (error) {
      if (error instanceof FaultlineError && error.reason !== "unavailable") return false;
      throw error;
    }
  }

  #assertFits(rooms: readonly Room[]): void {
    const names = new Set([...this.#names(), ...rooms.map(formatRoom)]);
    if (names.size <= roomsPerConnection) return;
    const message = `A connection can be in ${roomsPerConnection} rooms at most.`;
    throw new FaultlineError("too-many-rooms", message, { field: "rooms" });
  }

  /** `since` is the position after which the session has, or is just being sent, all that happens in these rooms. */
  #join({ rooms, principal }: Asked, since: string): void {
    if (this.#hasEnded) throw new FaultlineError("unavailable", "The connection has ended.");
    if (this.#principal !== principal)
      throw new FaultlineError("unavailable", "Your role or scope has changed just now; try again.");
    const joined = new Map(this.#joined.map((one) => [formatRoom(one.room), one]));
    for (const room of rooms) {
      const known = joined.get(formatRoom(room));
      const isEarlier = known && comparePositions(known.since, since) < 0;
      joined.set(formatRoom(room), isEarlier ? known : { room, since });
    }
    this.#joined = [...joined.values()];
    const everybody = everybodyKey(this.#principal.organizationId);
    this.#services.dispatch.join(this.#subscriber, [everybody, ...this.#keysOf(rooms)]);
  }

  /** Whoever is in no room is told nothing, and needs no log to be followed. */
  #letGo(): void {
    this.#services.dispatch.leave(this.#subscriber, [everybodyKey(this.#principal.organizationId)]);
    this.#watch?.end();
    this.#watch = undefined;
  }

  #names(): readonly string[] {
    return this.#joined.map(({ room }) => formatRoom(room));
  }

  #joinedOf(room: Room): Joined | undefined {
    return this.#joined.find((joined) => isSame(joined.room, room));
  }

  #keysOf(rooms: readonly Room[]): readonly string[] {
    return rooms.map((room) => this.#keyOf(room));
  }

  #keyOf(room: Room): string {
    return roomKey(this.#principal.organizationId, room);
  }
}

function isSame(room: Room, other: Room): boolean {
  return room.kind === other.kind && room.id === other.id;
}
