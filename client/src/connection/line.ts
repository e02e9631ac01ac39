/** One attempt at a connection, by either transport. */
import type { ErrorBody } from "@faultline/contract";
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../base/environment.ts";
import type { Failure } from "./failure.ts";

/** What a line reports. After `failed`, or after it was closed, it MUST report nothing. */
export interface LineListener {
  opened(): void;
  joined(answer: Joined): void;
  /** One of the rooms that were asked for is not to be had; the line goes on with the others. */
  refused(room: string, error: ErrorBody): void;
  /** What the relay said: an event, or one of its own messages. */
  told(name: string, data: unknown): void;
  /** The position up to which everything has come, where it is told by itself. */
  reached(position: string): void;
  /** The line is over. */
  failed(failure: Failure): void;
}

export interface Joined {
  /** All rooms that the line is in. */
  readonly rooms: readonly string[];
  /** Whether nothing was missed since the position that was asked for. */
  readonly isWhole: boolean;
  /** The position from which live events follow. */
  readonly position?: string;
  /** How many events come before those. */
  readonly replayed: number;
}

export interface Line {
  /** Asks for just these rooms; false when the line can't, and another has to be opened. */
  setRooms(rooms: readonly string[]): boolean;
  /** Goes on with a fresh token: "renewed", "refused", or "unable" when the line can't. */
  authenticate(token: string): Promise<"renewed" | "refused" | "unable">;
  close(): void;
}

export interface LineRequest {
  /** The relay's address. */
  readonly relay: string;
  readonly token: string;
  readonly rooms: readonly string[];
  /** What comes after this position was not received yet. */
  readonly since: string | undefined;
  readonly clock: Clock;
  readonly fetch: Environment["fetch"];
}

export type OpenLine = (request: LineRequest, listener: LineListener) => Line;

/** Passes on what a line reports until that is over. */
export function untilOver(listener: LineListener): LineListener & { readonly end: () => void } {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  return {
    end,
    opened: () => !isOver && listener.opened(),
    joined: (answer) => !isOver && listener.joined(answer),
    refused: (room, error) => !isOver && listener.refused(room, error),
    told: (name, data) => !isOver && listener.told(name, data),
    reached: (position) => !isOver && listener.reached(position),
    failed(failure) {
      if (isOver) return;
      end();
      listener.failed(failure);
    },
  };
}
