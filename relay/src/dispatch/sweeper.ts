/**
 * Visits many subscribers: at once while the relay is idle, else in slices, so that accepts, heartbeats and Redis get their
 * turn between them. Sweeps take turns: a short one does not wait for the end of a long one.
 */

export interface Sweep<Target> {
  /** Called when it gets its first turn; gives those to be visited. */
  begin(): Iterator<Target>;
  /** MUST NOT throw. */
  visit(target: Target): void;
  /** All that `begin` gave have been visited. */
  swept(): void;
}

export interface Sweeper {
  add<Target>(sweep: Sweep<Target>): void;
  /** Lets the sweeps begin, if that is not under way. */
  run(): void;
}

/** How long the process may be busy with visits before it looks at anything else. */
const sliceMs = 3;

/** How many targets of a sweep are visited before it is the next one's turn: about a tenth of a slice. */
const turn = 48;

interface Running<Target> {
  readonly sweep: Sweep<Target>;
  targets: Iterator<Target> | undefined;
}

export function createSweeper(): Sweeper {
  return new SlicingSweeper();
}

class SlicingSweeper implements Sweeper {
  /** In the order of their turns. */
  readonly #running = new Set<Running<unknown>>();
  #isBusy = false;

  add<Target>(sweep: Sweep<Target>): void {
    this.#running.add({ sweep, targets: undefined });
  }

  run(): void {
    if (!this.#isBusy) this.#slice();
  }

  /** What comes before the process has looked at everything else waits for the next slice, even if this one was short. */
  #slice(): void {
    this.#isBusy = true;
    setImmediate(() => {
      this.#isBusy = false;
      if (this.#running.size > 0) this.#slice();
    });
    const endsAt = performance.now() + sliceMs;
    do this.#takeTurn();
    while (this.#running.size > 0 && performance.now() < endsAt);
  }

  #takeTurn(): void {
    for (const running of this.#running) {
      this.#running.delete(running);
      if (isSwept(running)) running.sweep.swept();
      // Behind the others.
      else this.#running.add(running);
      return;
    }
  }
}

/** Goes on with a sweep for one turn; whether nothing is left. */
function isSwept<Target>(running: Running<Target>): boolean {
  const { sweep } = running;
  running.targets ??= sweep.begin();
  for (let count = 0; count < turn; count++) {
    const { done, value } = running.targets.next();
    if (done) return true;
    sweep.visit(value);
  }
  return false;
}
