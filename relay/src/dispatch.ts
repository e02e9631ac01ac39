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
  const index = new Map<string, Set<Subscriber>>();
  const frames: Readonly<Record<Transport, WeakMap<Message, Frame>>> = {
    socket: new WeakMap(),
    stream: new WeakMap(),
  };

  const frameOf = (transport: Transport, message: Message): Frame => {
    const known = frames[transport].get(message);
    if (known) return known;
    const frame = encode(transport, message);
    frames[transport].set(message, frame);
    return frame;
  };

  const sendTo = (subscriber: Subscriber, message: Message) => {
    if (!subscriber.wants(message.name)) return;
    try {
      subscriber.send(frameOf(subscriber.transport, message));
    } catch (error) {
      logger.error({ error, event: message.name }, "a subscriber failed");
      subscriber.close("failed");
    }
  };

  const audiencesOf = (rooms: readonly string[]): readonly Audience[] =>
    rooms.flatMap((room) => index.get(room) ?? []);

  return {
    join(subscriber, rooms) {
      for (const room of rooms) {
        const audience = index.get(room);
        if (audience) audience.add(subscriber);
        else index.set(room, new Set([subscriber]));
      }
    },
    leave(subscriber, rooms) {
      for (const room of rooms) {
        const audience = index.get(room);
        if (audience?.delete(subscriber) && audience.size === 0) index.delete(room);
      }
    },
    hasSubscribers: (room) => index.has(room),
    send(message, rooms, except = []) {
      const passed = [...audiencesOf(except)];
      for (const audience of audiencesOf(rooms)) {
        for (const subscriber of audience) if (!isIn(passed, subscriber)) sendTo(subscriber, message);
        passed.push(audience);
      }
    },
    sendTo,
  };
}

function isIn(audiences: readonly Audience[], subscriber: Subscriber): boolean {
  return audiences.some((audience) => audience.has(subscriber));
}
