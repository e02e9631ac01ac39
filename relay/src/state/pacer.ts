/** Lets the first of a burst through at once and the last of it soon: at most one per interval and key. */
import type { Cancel, Clock } from "../base/clock.ts";

export interface Pacer {
  /**
   * Calls `act` now, or at the end of the key's running interval; of several that wait, only the newest is called.
   * Gives whether it took the place of one that waited.
   */
  touch(key: string, act: () => void): boolean;
  /** Forgets everything that waits. */
  close(): void;
}

interface Interval {
  waiting?: () => void;
  readonly cancel: Cancel;
}

export function createPacer(clock: Clock, intervalMs: number): Pacer {
  const intervals = new Map<string, Interval>();

  const run = (key: string, act: () => void) => {
    intervals.set(key, { cancel: clock.after(intervalMs, () => finish(key)) });
    act();
  };
  const finish = (key: string) => {
    const waiting = intervals.get(key)?.waiting;
    intervals.delete(key);
    if (waiting) run(key, waiting);
  };

  return {
    touch(key, act) {
      const interval = intervals.get(key);
      if (!interval) {
        run(key, act);
        return false;
      }
      const isReplacing = interval.waiting !== undefined;
      interval.waiting = act;
      return isReplacing;
    },
    close() {
      for (const { cancel } of intervals.values()) cancel();
      intervals.clear();
    },
  };
}
