/** Whoever wants the events themselves. */
import type { ErrorBody, EventType, FaultlineEvent } from "@faultline/contract";
import { Refusal } from "../base/refusal.ts";
import type { Hub } from "./hub.ts";
import { isOfRoom } from "./rooms.ts";

export interface Subscription {
  /** Resolves when all rooms are joined: every later event is heard. Rejects with a `Refusal`. */
  readonly joined: Promise<void>;
  /** Leaves the rooms, as far as nobody else wants them. */
  end(): void;
}

type Listener = (event: FaultlineEvent) => void;

export interface Listeners {
  tell(event: FaultlineEvent): void;
  on<T extends EventType>(
    type: T,
    listener: (event: Extract<FaultlineEvent, { type: T }>) => void,
  ): () => void;
  subscribe(hub: Hub, rooms: readonly string[], listener?: Listener, onMissed?: () => void): Subscription;
}

/** `campusOf` tells a building's campus, where that is known. */
export function createListeners(campusOf: (buildingId: string) => string | undefined): Listeners {
  const byType = new Map<EventType, Set<Listener>>();
  return {
    tell(event) {
      for (const listener of [...(byType.get(event.type) ?? [])]) listener(event);
    },
    on(type, listener) {
      const own: Listener = (event) => listener(event as Parameters<typeof listener>[0]);
      const listeners = byType.get(type) ?? new Set();
      byType.set(type, listeners.add(own));
      return () => listeners.delete(own);
    },
    subscribe(hub, rooms, listener, onMissed) {
      let end = () => {};
      let hasJoined = false;
      const joined = new Promise<void>((resolve, reject) => {
        end = hub.enter({
          rooms,
          onJoined() {
            if (hasJoined) onMissed?.();
            hasJoined = true;
            resolve();
          },
          onEvent: (event) => rooms.some((room) => isOfRoom(room, event, campusOf)) && listener?.(event),
          onRefused: (error: ErrorBody) => reject(new Refusal(error)),
        });
      });
      // Who does not ask whether it worked need not be told that it did not.
      joined.catch(() => {});
      return { joined, end };
    },
  };
}
