// Commit times: strictly increasing, in whole microseconds since 1970 (exact in a double until the year 2255).
import type { Timestamp } from "../document/value.ts";

export interface Clock {
  /** A time after every time given before, and not before the wall clock. */
  next(): number;
  /** A time at which reads may claim to have been made: later commits get a later one. */
  now(): number;
}

/**
 * A clock that follows `wallMs` and never repeats or turns back, even when the wall clock does.
 * `after` is the last time that was given before a restart, 0 by default.
 */
export function createClock(after = 0, wallMs: () => number = Date.now): Clock {
  let last = after;
  return {
    next: () => {
      last = Math.max(wallMs() * 1000, last + 1);
      return last;
    },
    now: () => {
      last = Math.max(wallMs() * 1000, last);
      return last;
    },
  };
}

export function toTimestamp(micros: number): Timestamp {
  const seconds = Math.floor(micros / 1e6);
  return { seconds: String(seconds), nanos: (micros - seconds * 1e6) * 1000 };
}

/** The microseconds of a timestamp; what is finer is cut off, as Firestore does. */
export function toMicros(time: Timestamp): number {
  return Number(time.seconds ?? 0) * 1e6 + Math.floor((time.nanos ?? 0) / 1000);
}
