/** The one index room -> subscribers, for both transports. The cost of a message follows those who get it. */
import type { RoomKind } from "@faultline/contract";
import type { Logger } from "pino";
import { everybodyKey, isOf, roomKindOf } from "../access/rooms.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { encode, type Message } from "./encode.ts";
import { type Frame, type Subscriber, type Transport, transports } from "./subscriber.ts";

export interface Dispatch {
  /** Puts the subscriber into rooms, given by key. */
  join(subscriber: Subscriber, rooms: Iterable<string>): void;
  leave(subscriber: Subscriber, rooms: Iterable<string>): void;
  hasSubscribers(room: string): boolean;
  /** Who is there of an organization. Its cost follows all rooms that there are. */
  presence(organizationId: string): Presence;
  /**
   * Sends to everybody who is in at least one of `rooms` and in none of `except`, once each, encoding once for each
   * transport. A subscriber that fails is closed; the others get their frame all the same.
   */
  send(message: Message, rooms: readonly string[], except?: readonly string[]): Reach;
  /** Sends to one what it asked for, encoded anew only if nobody got this message yet. */
  sendTo(subscriber: Subscriber, message: Message): void;
}

/** How many subscribers of each transport a message went to. */
export type Reach = Readonly<Record<Transport, number>>;

export interface Presence {
  /** Those that are in at least one room. */
  readonly connections: Readonly<Record<Transport, number>>;
  /** By kind, the rooms that somebody is in. */
  readonly rooms: Readonly<Record<RoomKind, number>>;
}

type Audience = ReadonlySet<Subscriber>;

/** `metrics` counts nothing by default. */
export function createDispatch(logger: Logger, metrics: Metrics = noMetrics): Dispatch {
  return new IndexedDispatch(logger, metrics);
}

class IndexedDispatch implements Dispatch {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #index = new Map<string, Set<Subscriber>>();
  readonly #frames: Readonly<Record<Transport, WeakMap<Message, Frame>>> = {
    socket: new WeakMap(),
    stream: new WeakMap(),
  };

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  join(subscriber: Subscriber, rooms: Iterable<string>): void {
    for (const room of rooms) {
      const audience = this.#index.get(room) ?? new Set();
      if (audience.has(subscriber)) continue;
      this.#index.set(room, audience.add(subscriber));
      const kind = roomKindOf(room);
      if (kind) this.#metrics.subscribed(subscriber.transport, kind);
    }
  }

  leave(subscriber: Subscriber, rooms: Iterable<string>): void {
    for (const room of rooms) {
      const audience = this.#index.get(room);
      if (!audience?.delete(subscriber)) continue;
      if (audience.size === 0) this.#index.delete(room);
      const kind = roomKindOf(room);
      if (kind) this.#metrics.unsubscribed(subscriber.transport, kind);
    }
  }

  hasSubscribers(room: string): boolean {
    return this.#index.has(room);
  }

  presence(organizationId: string): Presence {
    const connections = { socket: 0, stream: 0 };
    for (const { transport } of this.#index.get(everybodyKey(organizationId)) ?? [])
      connections[transport] += 1;
    const rooms = { org: 0, campus: 0, building: 0, heatmap: 0 };
    for (const key of this.#index.keys()) {
      const kind = isOf(organizationId, key) ? roomKindOf(key) : undefined;
      if (kind) rooms[kind] += 1;
    }
    return { connections, rooms };
  }

  send(message: Message, rooms: readonly string[], except: readonly string[] = []): Reach {
    const reach = { socket: 0, stream: 0 };
    const passed = [...this.#audiencesOf(except)];
    for (const audience of this.#audiencesOf(rooms)) {
      for (const subscriber of audience) {
        if (!isIn(passed, subscriber) && this.#write(subscriber, message, false))
          reach[subscriber.transport] += 1;
      }
      passed.push(audience);
    }
    for (const transport of transports) this.#count(transport, message, reach[transport]);
    return reach;
  }

  sendTo(subscriber: Subscriber, message: Message): void {
    if (this.#write(subscriber, message, true)) this.#count(subscriber.transport, message, 1);
  }

  /** Whether the subscriber wanted the message and took it. */
  #write(subscriber: Subscriber, message: Message, isAsked: boolean): boolean {
    if (!subscriber.wants(message.name)) return false;
    try {
      subscriber.send(this.#frameOf(subscriber.transport, message), isAsked);
      return true;
    } catch (error) {
      this.#logger.error({ error, event: message.name }, "a subscriber failed");
      subscriber.close("failed");
      return false;
    }
  }

  #count(transport: Transport, message: Message, subscribers: number): void {
    if (subscribers === 0) return;
    const bytes = this.#frameOf(transport, message).bytes.length;
    this.#metrics.sent({ transport, name: message.name, subscribers, bytes });
  }

  #audiencesOf(rooms: readonly string[]): readonly Audience[] {
    return rooms.flatMap((room) => this.#index.get(room) ?? []);
  }

  #frameOf(transport: Transport, message: Message): Frame {
    const known = this.#frames[transport].get(message);
    if (known) return known;
    const frame = encode(transport, message);
    this.#frames[transport].set(message, frame);
    return frame;
  }
}

function isIn(audiences: readonly Audience[], subscriber: Subscriber): boolean {
  return audiences.some((audience) => audience.has(subscriber));
}
