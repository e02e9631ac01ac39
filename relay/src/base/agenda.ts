/** Times that thousands wait for, each for its own, with one timer for all: a timer for each weighs as much as a connection. */
import type { Cancel, Clock } from "./clock.ts";

/** What waits. The agenda alone sets what is below, so that it needs nothing of its own for each. */
export interface Due {
  /** Its time has come, and it is on the agenda no longer. MUST NOT throw. */
  act(): void;
  /** In milliseconds since 1970. */
  dueAt: number;
  /** Where it is in the heap; -1 while it is not. */
  place: number;
}

/** How many act before the process looks at other things: those that came together are due together. */
const mostAtOnce = 200;

/** A binary heap: nobody waits for longer than those below it. */
export class Agenda {
  readonly #clock: Clock;
  readonly #heap: Due[] = [];
  #cancel: Cancel | undefined;
  /** When the timer goes off. */
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets `due` act at `time`, and not when it was to before. */
  put(due: Due, time: number): void {
    this.#remove(due);
    due.dueAt = time;
    this.#heap.push(due);
    this.#rise(due, this.#heap.length - 1);
    this.#await();
  }

  /** Lets it act no more; nothing happens if it was not to. */
  strike(due: Due): void {
    this.#remove(due);
    this.#await();
  }

  #await(): void {
    const first = this.#heap[0];
    // A timer that goes off too early is cheaper than one that is always set anew.
    if (first ? first.dueAt >= this.#wakesAt : !this.#cancel) return;
    this.#cancel?.();
    this.#cancel =
      first && this.#clock.after(Math.max(first.dueAt - this.#clock.now(), 0), () => this.#wake());
    this.#wakesAt = first?.dueAt ?? Number.POSITIVE_INFINITY;
  }

  #wake(): void {
    this.#cancel = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let count = 0; count < mostAtOnce; count++) {
      const first = this.#heap[0];
      if (!first || first.dueAt > now) break;
      this.#remove(first);
      first.act();
    }
    this.#await();
  }

  #remove(due: Due): void {
    const { place } = due;
    if (place < 0) return;
    due.place = -1;
    const last = this.#heap.pop();
    if (!last || last === due) return;
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  #rise(due: Due, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above];
      if (!parent || parent.dueAt <= due.dueAt) break;
      this.#set(parent, place);
      place = above;
    }
    this.#set(due, place);
  }

  #sink(due: Due, from: number): void {
    let place = from;
    for (;;) {
      const below = this.#earlier(2 * place + 1, 2 * place + 2);
      const child = this.#heap[below];
      if (!child || child.dueAt >= due.dueAt) break;
      this.#set(child, place);
      place = below;
    }
    this.#set(due, place);
  }

  #earlier(left: number, right: number): number {
    const other = this.#heap[right];
    return other && other.dueAt < (this.#heap[left]?.dueAt ?? 0) ? right : left;
  }

  #set(due: Due, place: number): void {
    this.#heap[place] = due;
    due.place = place;
  }
}
