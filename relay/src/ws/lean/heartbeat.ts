/** Asks every line for a sign of life in turn: one timer and one queue, in place of two timers for each line. */
import type { Cancel, Clock } from "../../base/clock.ts";

/** A line that is asked. What it has to remember for that is in it: ten thousand lines need no object more. */
export interface Pulse {
  /** When it is asked next, or is lost if it was asked; milliseconds since 1970. Set by the heartbeat. */
  dueAt: number;
  /** Whether it was asked and has not answered. Set by the heartbeat. */
  isAsked: boolean;
  /** Asks for a sign of life. */
  ping(): void;
  /** None came. */
  lost(): void;
}

export class Heartbeat<Line extends Pulse> {
  /** How long a line may be silent before it is asked, and how long it may take to answer. */
  readonly periodMs: number;
  readonly #clock: Pick<Clock, "now" | "after">;
  /** In the order of being due, since all wait equally long. */
  readonly #lines = new Set<Line>();
  #cancel: Cancel | undefined;

  constructor(periodMs: number, clock: Pick<Clock, "now" | "after">) {
    this.periodMs = periodMs;
    this.#clock = clock;
  }

  /** All that are followed. */
  get lines(): Iterable<Line> {
    return this.#lines;
  }

  /** Begins to follow a line, or takes note that it is alive. */
  heard(line: Line): void {
    this.#await(line, false);
  }

  forget(line: Line): void {
    this.#lines.delete(line);
  }

  #await(line: Line, isAsked: boolean): void {
    line.dueAt = this.#clock.now() + this.periodMs;
    line.isAsked = isAsked;
    this.#lines.delete(line);
    this.#lines.add(line);
    this.#cancel ??= this.#clock.after(this.periodMs, () => this.#beat());
  }

  #beat(): void {
    this.#cancel = undefined;
    for (const line of this.#lines) {
      const leftMs = line.dueAt - this.#clock.now();
      if (leftMs > 0) {
        this.#cancel = this.#clock.after(leftMs, () => this.#beat());
        return;
      }
      if (line.isAsked) {
        this.#lines.delete(line);
        line.lost();
      } else {
        this.#await(line, true);
        line.ping();
      }
    }
  }
}
