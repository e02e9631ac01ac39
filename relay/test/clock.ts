/** A clock that stands still until it is advanced. */
import type { Cancel, Clock } from "../src/base/clock.ts";

interface Timer {
  at: number;
  readonly act: () => void;
  readonly everyMs?: number;
}

export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  /** Begins on a day in January, unless told otherwise. */
  constructor(now = Date.parse("2026-01-31T08:00:00Z")) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, act: () => void): Cancel {
    return this.#add({ at: this.#now + ms, act });
  }

  every(ms: number, act: () => void): Cancel {
    return this.#add({ at: this.#now + ms, act, everyMs: ms });
  }

  /** How many calls are still to come. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass, calling what falls due on the way, in its order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = next.at;
      if (next.everyMs === undefined) this.#timers.delete(next);
      else next.at += next.everyMs;
      next.act();
    }
    this.#now = end;
  }

  #add(timer: Timer): Cancel {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
