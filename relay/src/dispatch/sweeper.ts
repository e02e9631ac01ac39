/**
 * Lets subscribers have what waits for them: at once while the relay is idle, else in slices, so that accepts, heartbeats
 * and Redis get their turn between them. What comes for a subscriber that is still to be swept goes out in the same write;
 * so the fuller the relay's hands, the fewer its writes.
 */
/** What is swept. */
export interface Sweepable {
  /** Writes all that waits. */
  flush(): void;
}

export interface Sweeper<Target extends Sweepable> {
  /**
   * Flushes the targets, after those that the lane still has; `onSwept` is called when that is done. Lanes take turns: a
   * short one does not wait for the end of a long one.
   */
  sweep(lane: string, targets: readonly Target[], onSwept: () => void): void;
}

/** How long the process may be busy with flushing before it looks at anything else. */
const sliceMs = 3;

/** How many targets of a lane are flushed before it is the next lane's turn: about a tenth of a slice. */
const turn = 48;

interface Sweep<Target> {
  readonly targets: readonly Target[];
  readonly onSwept: () => void;
  next: number;
}

/** `onFailure` is called for a target that throws; the others are swept all the same. */
export function createSweeper<Target extends Sweepable>(
  onFailure: (target: Target, error: unknown) => void,
): Sweeper<Target> {
  return new SlicingSweeper(onFailure);
}

class SlicingSweeper<Target extends Sweepable> implements Sweeper<Target> {
  readonly #onFailure: (target: Target, error: unknown) => void;
  /** By name, in the order of their turns. */
  readonly #lanes = new Map<string, Sweep<Target>[]>();
  #isBusy = false;

  constructor(onFailure: (target: Target, error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  sweep(lane: string, targets: readonly Target[], onSwept: () => void): void {
    const sweeps = this.#lanes.get(lane);
    const sweep = { targets, onSwept, next: 0 };
    if (sweeps) sweeps.push(sweep);
    else this.#lanes.set(lane, [sweep]);
    if (!this.#isBusy) this.#slice();
  }

  /** What comes before the process has looked at everything else waits for the next slice, even if this one was short. */
  #slice(): void {
    this.#isBusy = true;
    setImmediate(() => {
      this.#isBusy = false;
      if (this.#lanes.size > 0) this.#slice();
    });
    const endsAt = performance.now() + sliceMs;
    do this.#takeTurn();
    while (this.#lanes.size > 0 && performance.now() < endsAt);
  }

  #takeTurn(): void {
    for (const [lane, sweeps] of this.#lanes) {
      const isDone = this.#advance(sweeps);
      // Behind the others.
      this.#lanes.delete(lane);
      if (!isDone) this.#lanes.set(lane, sweeps);
      return;
    }
  }

  /** Goes on with a lane's sweeps for one turn; whether nothing is left. */
  #advance(sweeps: Sweep<Target>[]): boolean {
    let left = turn;
    for (let sweep = sweeps[0]; sweep; sweep = sweeps[0]) {
      const end = Math.min(sweep.next + left, sweep.targets.length);
      left -= end - sweep.next;
      while (sweep.next < end) this.#flush(sweep.targets[sweep.next++]);
      if (end < sweep.targets.length) return false;
      sweeps.shift();
      sweep.onSwept();
    }
    return true;
  }

  #flush(target: Target | undefined): void {
    try {
      target?.flush();
    } catch (error) {
      if (target) this.#onFailure(target, error);
    }
  }
}
