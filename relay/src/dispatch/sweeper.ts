/**
 * Visits many subscribers: at once while the relay is idle, else in slices, so that accepts, heartbeats and Redis get their
 * turn between them. Sweeps take turns: a short one does not wait for the end of a long one.
 */

export interface Sweep {
  /** Makes the next visits, so many at most; gives whether nothing is left to do. MUST NOT throw. */
  goOn(visits: number): boolean;
}

export interface Sweeper {
  /** Adds a sweep that has something to do, if it is not there. */
  add(sweep: Sweep): void;
  /** Lets the sweeps begin, if that is not under way. */
  run(): void;
}

/** How long the process may be busy with visits before it looks at anything else. */
const sliceMs = 3;

/** How many targets of a sweep are visited before it is the next one's turn: about a tenth of a slice. */
const turn = 48;

export function createSweeper(): Sweeper {
  return new SlicingSweeper();
}

class SlicingSweeper implements Sweeper {
  /** In the order of their turns. */
  readonly #sweeps = new Set<Sweep>();
  #isBusy = false;

  add(sweep: Sweep): void {
    this.#sweeps.add(sweep);
  }

  run(): void {
    if (!this.#isBusy) this.#slice();
  }

  /** What comes before the process has looked at everything else waits for the next slice, even if this one was short. */
  #slice(): void {
    this.#isBusy = true;
    setImmediate(() => {
      this.#isBusy = false;
      if (this.#sweeps.size > 0) this.#slice();
    });
    const endsAt = performance.now() + sliceMs;
    do this.#takeTurn();
    while (this.#sweeps.size > 0 && performance.now() < endsAt);
  }

  #takeTurn(): void {
    for (const sweep of this.#sweeps) {
      this.#sweeps.delete(sweep);
      // Behind the others.
      if (!sweep.goOn(turn)) this.#sweeps.add(sweep);
      return;
    }
  }
}
