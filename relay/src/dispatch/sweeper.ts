/**
 * Visits many subscribers: at once while the relay is idle, else in slices, so that accepts, heartbeats and Redis get their
 * turn between them. Sweeps take turns: a short one does not wait for the end of a long one.
 */

export interface Sweeper<Target> {
  /** Adds a sweep. `begin` is called when it gets its first turn, `onSwept` when all that it gave has been visited. */
  add(begin: () => Iterator<Target>, onSwept: () => void): void;
  /** Lets the sweeps begin, if that is not under way. */
  run(): void;
}

/** How long the process may be busy with visits before it looks at anything else. */
const sliceMs = 3;

/** How many targets of a sweep are visited before it is the next one's turn: about a tenth of a slice. */
const turn = 48;

interface Sweep<Target> {
  readonly begin: () => Iterator<Target>;
  readonly onSwept: () => void;
  targets: Iterator<Target> | undefined;
}

/** `visit` MUST NOT throw. */
export function createSweeper<Target>(visit: (target: Target) => void): Sweeper<Target> {
  return new SlicingSweeper(visit);
}

class SlicingSweeper<Target> implements Sweeper<Target> {
  readonly #visit: (target: Target) => void;
  /** In the order of their turns. */
  readonly #sweeps = new Set<Sweep<Target>>();
  #isBusy = false;

  constructor(visit: (target: Target) => void) {
    this.#visit = visit;
  }

  add(begin: () => Iterator<Target>, onSwept: () => void): void {
    this.#sweeps.add({ begin, onSwept, targets: undefined });
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
      if (this.#isSwept(sweep)) sweep.onSwept();
      // Behind the others.
      else this.#sweeps.add(sweep);
      return;
    }
  }

  /** Goes on with a sweep for one turn; whether nothing is left. */
  #isSwept(sweep: Sweep<Target>): boolean {
    sweep.targets ??= sweep.begin();
    for (let count = 0; count < turn; count++) {
      const { done, value } = sweep.targets.next();
      if (done) return true;
      this.#visit(value);
    }
    return false;
  }
}
