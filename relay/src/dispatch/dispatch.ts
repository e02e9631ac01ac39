/** The one index room -> subscribers, for both transports. The cost of a message follows those who get it. */
import type { RoomKind } from "@faultline/contract";
import type { Logger } from "pino";
import { everybodyKey, isOf, organizationOf, roomKindOf } from "../access/rooms.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { Batch } from "./batch.ts";
import { encode, type Message } from "./encode.ts";
import { type Frame, type Subscriber, type Transport, transports } from "./subscriber.ts";
import { createSweeper } from "./sweeper.ts";

export interface Dispatch {
  /** Puts the subscriber into rooms, given by key. */
  join(subscriber: Subscriber, rooms: Iterable<string>): void;
  leave(subscriber: Subscriber, rooms: Iterable<string>): void;
  hasSubscribers(room: string): boolean;
  /** Who is there of an organization. Its cost follows all rooms that there are. */
  presence(organizationId: string): Presence;
  /**
   * Sends to everybody who is in at least one of `rooms`, which are of one organization, and in none of `except`, once
   * each, encoding once for each transport. A subscriber that fails is closed; the others get their frame all the same.
   */
  send(message: Message, rooms: readonly string[], options?: SendOptions): Reach;
  /** Sends to one what it asked for, encoded anew only if nobody got this message yet. */
  sendTo(subscriber: Subscriber, message: Message): void;
}

export interface SendOptions {
  readonly except?: readonly string[];
  /** Called once, when everybody's frame has been written: in the same tick, or later when there is much to do. */
  readonly onSent?: (reach: Reach) => void;
}

/** How many subscribers of each transport a message goes to. */
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

  readonly #sweeper = createSweeper<Subscriber>((subscriber, error) => this.#fail(subscriber, error));

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

  send(message: Message, rooms: readonly string[], { except = [], onSent }: SendOptions = {}): Reach {
    const reach = { socket: 0, stream: 0 };
    const posts: Record<Transport, Batch | undefined> = { socket: undefined, stream: undefined };
    const waiting: Subscriber[] = [];
    const passed = [...this.#audiencesOf(except)];
    for (const audience of this.#audiencesOf(rooms)) {
      for (const subscriber of audience) {
        if (isIn(passed, subscriber) || !subscriber.wants(message.name)) continue;
        const { transport } = subscriber;
        posts[transport] ??= new Batch(this.#frameOf(transport, message));
        if (subscriber.post(posts[transport])) waiting.push(subscriber);
        reach[transport] += 1;
      }
      passed.push(audience);
    }
    for (const transport of transports) this.#count(transport, message, reach[transport]);
    const [room] = rooms;
    if (room === undefined || reach.socket + reach.stream === 0) onSent?.(reach);
    else this.#sweeper.sweep(organizationOf(room), waiting, () => onSent?.(reach));
    return reach;
  }

  sendTo(subscriber: Subscriber, message: Message): void {
    if (!subscriber.wants(message.name)) return;
    try {
      subscriber.send(this.#frameOf(subscriber.transport, message));
      this.#count(subscriber.transport, message, 1);
    } catch (error) {
      this.#fail(subscriber, error);
    }
  }

  #fail(subscriber: Subscriber, error: unknown): void {
    this.#logger.error({ error }, "a subscriber failed");
    subscriber.close("failed");
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
