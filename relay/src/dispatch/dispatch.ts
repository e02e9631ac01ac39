/** The one index room -> subscribers, for both transports. The cost of a message follows those who get it. */
import type { RoomKind } from "@faultline/contract";
import type { Logger } from "pino";
import { everybodyKey, isOf, organizationOf, roomKindOf } from "../access/rooms.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { encode, type Message } from "./encode.ts";
import { Feed, type Seat } from "./feed.ts";
import { Post, type Reach } from "./post.ts";
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

class Audience {
  readonly seats = new Set<Seat>();
  /** The posts that the next sweep brings; undefined while none is waiting for its turn. */
  waiting: Post[] | undefined;
}

/** `metrics` counts nothing by default. */
export function createDispatch(logger: Logger, metrics: Metrics = noMetrics): Dispatch {
  return new SweepingDispatch(logger, metrics);
}

class SweepingDispatch implements Dispatch {
  readonly #logger: Logger;
  readonly #metrics: Metrics;
  readonly #index = new Map<string, Audience>();
  readonly #seats = new Map<Subscriber, Seat>();
  readonly #feeds = new Map<string, Feed>();
  readonly #sweeper = createSweeper<Seat>((seat) => this.#visit(seat));
  readonly #frames: Readonly<Record<Transport, WeakMap<Message, Frame>>> = {
    socket: new WeakMap(),
    stream: new WeakMap(),
  };

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  join(subscriber: Subscriber, rooms: Iterable<string>): void {
    this.flush(subscriber);
    for (const room of rooms) {
      const audience = this.#index.get(room) ?? new Audience();
      const seat = this.#seatOf(subscriber, room);
      if (audience.seats.has(seat)) continue;
      audience.seats.add(seat);
      seat.rooms += 1;
      this.#index.set(room, audience);
      const kind = roomKindOf(room);
      if (kind) this.#metrics.subscribed(subscriber.transport, kind);
    }
  }

  leave(subscriber: Subscriber, rooms: Iterable<string>): void {
    const seat = this.#seats.get(subscriber);
    if (!seat) return;
    this.#visit(seat);
    for (const room of rooms) {
      const audience = this.#index.get(room);
      if (!audience?.seats.delete(seat)) continue;
      seat.rooms -= 1;
      if (seat.rooms === 0) this.#removeSeat(seat, room);
      if (audience.seats.size === 0) this.#index.delete(room);
      const kind = roomKindOf(room);
      if (kind) this.#metrics.unsubscribed(subscriber.transport, kind);
    }
  }

  hasSubscribers(room: string): boolean {
    return this.#index.has(room);
  }

  presence(organizationId: string): Presence {
    const connections = { socket: 0, stream: 0 };
    for (const { subscriber } of this.#index.get(everybodyKey(organizationId))?.seats ?? [])
      connections[subscriber.transport] += 1;
    const rooms = { org: 0, campus: 0, building: 0, heatmap: 0 };
    for (const key of this.#index.keys()) {
      const kind = isOf(organizationId, key) ? roomKindOf(key) : undefined;
      if (kind) rooms[kind] += 1;
    }
    return { connections, rooms };
  }

  send(message: Message, rooms: readonly string[], { except = [], onSent }: SendOptions = {}): void {
    const audiences = this.#audiencesOf(rooms);
    const feed = this.#feeds.get(organizationOf(rooms[0] ?? ""));
    if (!feed || audiences.length === 0) {
      onSent?.({ socket: 0, stream: 0 });
      return;
    }
    const post = new Post({
      name: message.name,
      audiences: audiences.map(({ seats }) => seats),
      except: this.#audiencesOf(except).map(({ seats }) => seats),
      frameOf: (transport) => this.#frameOf(transport, message),
      onSent: (reach) => {
        for (const transport of transports) this.#count(transport, message, reach[transport]);
        onSent?.(reach);
      },
    });
    feed.add(post);
    for (const audience of audiences) this.#sweep(audience, feed, post);
    this.#sweeper.run();
  }

  flush(subscriber: Subscriber): void {
    const seat = this.#seats.get(subscriber);
    if (seat) this.#visit(seat);
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

  /** A sweep that has not begun brings this post, too; one that has begun may have passed somebody already. */
  #sweep(audience: Audience, feed: Feed, post: Post): void {
    if (audience.waiting) {
      audience.waiting.push(post);
      return;
    }
    const posts = [post];
    audience.waiting = posts;
    const begin = () => {
      audience.waiting = undefined;
      return audience.seats.values();
    };
    this.#sweeper.add(begin, () => {
      for (const swept of posts) swept.swept();
      feed.trim();
    });
  }

  #visit(seat: Seat): void {
    const batch = seat.feed.take(seat);
    if (!batch) return;
    try {
      seat.subscriber.write(batch);
    } catch (error) {
      this.#fail(seat.subscriber, error);
    }
  }

  #fail(subscriber: Subscriber, error: unknown): void {
    this.#logger.error({ error }, "a subscriber failed");
    subscriber.close("failed");
  }

  #seatOf(subscriber: Subscriber, room: string): Seat {
    const known = this.#seats.get(subscriber);
    if (known) return known;
    const organizationId = organizationOf(room);
    const feed = this.#feeds.get(organizationId) ?? new Feed();
    this.#feeds.set(organizationId, feed);
    feed.seats += 1;
    const seat = { subscriber, feed, rooms: 0, next: feed.end };
    this.#seats.set(subscriber, seat);
    return seat;
  }

  #removeSeat({ subscriber, feed }: Seat, room: string): void {
    this.#seats.delete(subscriber);
    feed.seats -= 1;
    if (feed.seats === 0) this.#feeds.delete(organizationOf(room));
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
