/** The one index room -> subscribers, for both transports. The cost of a message follows those who get it. */
import type { RoomKind } from "@faultline/contract";
import type { Logger } from "pino";
import { everybodyKey, isOf, organizationOf, roomKindOf } from "../access/rooms.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { encode, type Message } from "./encode.ts";
import { Feed } from "./feed.ts";
import { type Audience, Post, type Reach } from "./post.ts";
import { Room } from "./room.ts";
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
  send(message: Message, rooms: readonly string[], options?: SendOptions): void;
  /** Writes what was sent to a subscriber and waits; MUST be called before anything else is written to its client. */
  flush(subscriber: Subscriber): void;
  /** Sends to one what it asked for, encoded anew only if nobody got this message yet. */
  sendTo(subscriber: Subscriber, message: Message): void;
}

export interface SendOptions {
  readonly except?: readonly string[];
  /** Called once, when everybody's frame has been written: in the same tick, or later when there is much to do. */
  readonly onSent?: (reach: Reach) => void;
}

export interface Presence {
  /** Those that are in at least one room. */
  readonly connections: Readonly<Record<Transport, number>>;
  /** By kind, the rooms that somebody is in. */
  readonly rooms: Readonly<Record<RoomKind, number>>;
}

/** `metrics` counts nothing by default. */
export function createDispatch(logger: Logger, metrics: Metrics = noMetrics): Dispatch {
  return new SweepingDispatch(logger, metrics);
}

class SweepingDispatch implements Dispatch {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #rooms = new Map<string, Room>();
  readonly #feeds = new Map<string, Feed>();
  readonly #sweeper = createSweeper();
  readonly #frames: Readonly<Record<Transport, WeakMap<Message, Frame>>> = {
    socket: new WeakMap(),
    stream: new WeakMap(),
  };

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  join(subscriber: Subscriber, rooms: Iterable<string>): void {
    this.#visit(subscriber);
    for (const key of rooms) {
      const room = this.#roomOf(key);
      if (room.audience.has(subscriber)) continue;
      room.audience.add(subscriber);
      this.#seat(subscriber, room.feed);
      const kind = roomKindOf(key);
      if (kind) this.#metrics.subscribed(subscriber.transport, kind);
    }
  }

  leave(subscriber: Subscriber, rooms: Iterable<string>): void {
    this.#visit(subscriber);
    for (const key of rooms) {
      const room = this.#rooms.get(key);
      if (!room?.audience.delete(subscriber)) continue;
      this.#unseat(subscriber, key);
      if (room.audience.size === 0) this.#rooms.delete(key);
      const kind = roomKindOf(key);
      if (kind) this.#metrics.unsubscribed(subscriber.transport, kind);
    }
  }

  hasSubscribers(room: string): boolean {
    return this.#rooms.has(room);
  }

  presence(organizationId: string): Presence {
    const connections = { socket: 0, stream: 0 };
    for (const { transport } of this.#rooms.get(everybodyKey(organizationId))?.audience ?? [])
      connections[transport] += 1;
    const rooms = { org: 0, campus: 0, building: 0, heatmap: 0 };
    for (const key of this.#rooms.keys()) {
      const kind = isOf(organizationId, key) ? roomKindOf(key) : undefined;
      if (kind) rooms[kind] += 1;
    }
    return { connections, rooms };
  }

  send(message: Message, rooms: readonly string[], { except = [], onSent }: SendOptions = {}): void {
    const reached = this.#roomsOf(rooms);
    const feed = this.#feeds.get(organizationOf(rooms[0] ?? ""));
    if (!feed || reached.length === 0) {
      onSent?.({ socket: 0, stream: 0 });
      return;
    }
    const post = new Post({
      name: message.name,
      audiences: reached.map(({ audience }) => audience),
      except: this.#roomsOf(except).map(({ audience }) => audience),
      frameOf: (transport) => this.#frameOf(transport, message),
      onSent: (reach) => {
        for (const transport of transports) this.#count(transport, message, reach[transport]);
        onSent?.(reach);
      },
    });
    feed.add(post);
    for (const room of reached) {
      room.add(post);
      this.#sweeper.add(room);
    }
    this.#sweeper.run();
  }

  flush(subscriber: Subscriber): void {
    this.#visit(subscriber);
  }

  sendTo(subscriber: Subscriber, message: Message): void {
    if (!subscriber.wants(message.name)) return;
    this.flush(subscriber);
    try {
      subscriber.send(this.#frameOf(subscriber.transport, message));
      this.#count(subscriber.transport, message, 1);
    } catch (error) {
      this.#fail(subscriber, error);
    }
  }

  /** `audience` is one that the subscriber is known to be in. */
  #visit(subscriber: Subscriber, audience?: Audience): void {
    const batch = subscriber.feed?.take(subscriber, audience);
    if (!batch) return;
    try {
      subscriber.write(batch);
    } catch (error) {
      this.#fail(subscriber, error);
    }
  }

  #fail(subscriber: Subscriber, error: unknown): void {
    this.#logger.error({ error }, "a subscriber failed");
    subscriber.close("failed");
  }

  #roomOf(key: string): Room {
    const known = this.#rooms.get(key);
    if (known) return known;
    const organizationId = organizationOf(key);
    const feed = this.#feeds.get(organizationId) ?? new Feed();
    this.#feeds.set(organizationId, feed);
    const room = new Room(feed, (subscriber, audience) => this.#visit(subscriber, audience));
    this.#rooms.set(key, room);
    return room;
  }

  /** For one more room. */
  #seat(subscriber: Subscriber, feed: Feed): void {
    subscriber.rooms += 1;
    if (subscriber.feed) return;
    feed.seats += 1;
    subscriber.feed = feed;
    subscriber.next = feed.end;
  }

  #unseat(subscriber: Subscriber, room: string): void {
    const { feed } = subscriber;
    subscriber.rooms -= 1;
    if (!feed || subscriber.rooms > 0) return;
    subscriber.feed = undefined;
    feed.seats -= 1;
    if (feed.seats === 0) this.#feeds.delete(organizationOf(room));
  }

  #count(transport: Transport, message: Message, subscribers: number): void {
    if (subscribers === 0) return;
    const bytes = this.#frameOf(transport, message).bytes.length;
    this.#metrics.sent({ transport, name: message.name, subscribers, bytes });
  }

  #roomsOf(keys: readonly string[]): readonly Room[] {
    return keys.flatMap((key) => this.#rooms.get(key) ?? []);
  }

  #frameOf(transport: Transport, message: Message): Frame {
    const known = this.#frames[transport].get(message);
    if (known) return known;
    const frame = encode(transport, message);
    this.#frames[transport].set(message, frame);
    return frame;
  }
}
