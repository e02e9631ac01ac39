/** A token bucket: so much at once, so much a second, and debts for whoever takes more. */
import type { Clock } from "../base/clock.ts";

export interface Allowance {
  readonly perSecond: number;
  /** How much at once, after a while in which nothing was taken. */
  readonly burst: number;
}

export class Bucket {
  readonly #allowance: Allowance;
  readonly #clock: Pick<Clock, "now">;
  #level: number;
  #filledAt: number;

  constructor(allowance: Allowance, clock: Pick<Clock, "now">) {
    this.#allowance = allowance;
    this.#clock = clock;
    this.#level = allowance.burst;
    this.#filledAt = clock.now();
  }

  /** Takes one, if it is there. */
  tryTake(): boolean {
    this.#fill();
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }

  /** Takes `amount`, whether it is there or not. A debt grows to `burst` and no further. */
  take(amount: number): void {
    this.#fill();
    this.#level = Math.max(this.#level - amount, -this.#allowance.burst);
  }

  /** How long until nothing is owed: 0 when nothing is. */
  get debtMs(): number {
    this.#fill();
    return Math.ceil((Math.max(-this.#level, 0) / this.#allowance.perSecond) * 1_000);
  }

  /** Whether as much is owed as can be. */
  get isExhausted(): boolean {
    this.#fill();
    return this.#level <= -this.#allowance.burst;
  }

  /** A system's clock may be set back. */
  #fill(): void {
    const { perSecond, burst } = this.#allowance;
    const now = this.#clock.now();
    const gained = (Math.max(now - this.#filledAt, 0) / 1_000) * perSecond;
    this.#filledAt = now;
    this.#level = Math.min(this.#level + gained, burst);
  }
}
