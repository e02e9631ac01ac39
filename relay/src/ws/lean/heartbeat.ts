/**
 * Asks every line for a sign of life once in each period. Lines are asked in small groups, one after another: one timer for all
 * of them in place of two for each, and never everybody at once.
 */
import type { Cancel, Clock } from "../../base/clock.ts";

/** A line that is asked. */
export interface Pulse {
  /** Whether it was asked and nothing has come since. */
  isAsked: boolean;
  /** Asks for a sign of life. */
  ping(): void;
  /** None came for a whole period. */
  lost(): void;
}

/** Of ten thousand lines two hundred are asked at once, which takes two milliseconds. */
const groups = 50;

export class Heartbeat<Line extends Pulse> {
  /** How often a line is asked, and how long it may take to answer. */
  readonly periodMs: number;
  readonly #groups: readonly Set<Line>[] = Array.from({ length: groups }, () => new Set<Line>());
  readonly #cancel: Cancel;
  /** The group that was asked last. */
  #at = 0;

  constructor(periodMs: number, clock: Pick<Clock, "every">) {
    this.periodMs = periodMs;
    this.#cancel = clock.every(periodMs / groups, () => this.#beat());
  }

  /** All that are followed. */
  get lines(): readonly Line[] {
    return this.#groups.flatMap((group) => [...group]);
  }

  /** Begins to follow a line: it is asked when a period is over. */
  follow(line: Line): void {
    this.#groups[this.#at]?.add(line);
  }

  forget(line: Line): void {
    for (const group of this.#groups) if (group.delete(line)) return;
  }

  /** Asks nobody any more. */
  end(): void {
    this.#cancel();
  }

  #beat(): void {
    this.#at = (this.#at + 1) % groups;
    for (const line of this.#groups[this.#at] ?? []) {
      if (line.isAsked) line.lost();
      else {
        line.isAsked = true;
        line.ping();
      }
    }
  }
}
