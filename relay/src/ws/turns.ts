/** One thing after another. */

export class Turns {
  readonly #mostWaiting: number;
  #last: Promise<void> | undefined;
  #waiting = 0;

  constructor(mostWaiting: number) {
    this.#mostWaiting = mostWaiting;
  }

  /** Runs `act` after those before it; gives false, and drops it, when too many wait. `act` MUST NOT reject. */
  take(act: () => Promise<void>): boolean {
    if (this.#waiting >= this.#mostWaiting) return false;
    this.#waiting += 1;
    this.#last = (this.#last ?? Promise.resolve()).then(act).then(() => this.#done());
    return true;
  }

  /** Whoever has no turn waiting holds on to nothing. */
  #done(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#last = undefined;
  }
}
