/** The one index room -> subscribers, for both transports. The cost of a message follows those who get it. */
import type { Logger } from "pino";
import { encode, type Message } from "./encode.ts";
import type { Frame, Subscriber, Transport } from "./subscriber.ts";

export interface Dispatch {
  /** Puts the subscriber into rooms, given by key. */
  join(subscriber: Subscriber, rooms: Iterable<string>): void;
  leave(subscriber: Subscriber, rooms: Iterable<string>): void;
  hasSubscribers(room: string): boolean;
  /**
   * Sends to everybody who is in at least one of `rooms` and in none of `except`, once each, encoding once for each
   * transport. A subscriber that fails is closed; the others get their frame all the same.
   */
  send(message: Message, rooms: readonly string[], except?: readonly string[]): void;
  /** Sends to one, encoded anew only if nobody got this message yet. */
  sendTo(subscriber: Subscriber, message: Message): void;
}

type Audience = ReadonlySet<Subscriber>;

export function createDispatch(logger: Logger): Dispatch {
  return new IndexedDispatch(logger);
}

class IndexedDispatch implements Dispatch {
  readonly #logger: Logger;
  readonly #index = new Map<string, Set<Subscriber>>();
  readonly #frames: Readonly<Record<Transport, WeakMap<Message, Frame>>> = {
    socket: new WeakMap(),
    stream: new WeakMap(),
  };

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  join(subscriber: Subscriber, rooms: Iterable<string>): void {
    for (const room of rooms) {
      const audience = this.#index.get(room);
      if (audience) audience.add(subscriber);
      else this.#index.set(room, new Set([subscriber]));
    }
  }

  leave(subscriber: Subscriber, rooms: Iterable<string>): void {
    for (const room of rooms) {
      const audience = this.#index.get(room);
      if (audience?.delete(subscriber) && audience.size === 0) this.#index.delete(room);
    }
  }

  hasSubscribers(room: string): boolean {
    return this.#index.has(room);
  }

  send(message: Message, rooms: readonly string[], except: readonly string[] = []): void {
    const passed = [...this.#audiencesOf(except)];
    for (const audience of this.#audiencesOf(rooms)) {
      for (const subscriber of audience) if (!isIn(passed, subscriber)) this.sendTo(subscriber, message);
      passed.push(audience);
    }
  }

  sendTo(subscriber: Subscriber, message: Message): void {
    if (!subscriber.wants(message.name)) return;
    try {
      subscriber.send(this.#frameOf(subscriber.transport, message));
    } catch (error) {
      this.#logger.error({ error, event: message.name }, "a subscriber failed");
      subscriber.close("failed");
    }
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
