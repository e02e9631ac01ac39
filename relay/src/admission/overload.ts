/**
 * Whether the process is about to have more than it can carry. It becomes so when a measure stays above its threshold,
 * and ends when the measure has stayed well below it: a single slow moment changes nothing, and nothing flaps.
 */
import type { Clock } from "../base/clock.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type Strain, strains, type Vitals } from "./vitals.ts";

export interface OverloadLimits {
  /** How late the event loop may be. */
  readonly lagMs: number;
  /** How much of its memory the process may use, from 0 to 1. */
  readonly memory: number;
}

export const overloadLimits: OverloadLimits = { lagMs: 300, memory: 0.85 };

const sampleMs = 1_000;
/** So many samples in a row make it overloaded, and so many make it well again. */
const samples = { bad: 3, good: 5 } as const;
/** Well again is whoever is below this part of the threshold. */
const wellBelow = 0.8;

export interface OverloadOptions {
  readonly vitals: Vitals;
  readonly limits: OverloadLimits;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "overloaded">;
  readonly onChange: (strain: Strain, isOverloaded: boolean) => void;
}

export interface Overload {
  /** What there is too much of, if anything. */
  strain(): Strain | undefined;
  close(): void;
}

export function watchOverload({ vitals, limits, clock, metrics, onChange }: OverloadOptions): Overload {
  const change = (strain: Strain) => (isOverloaded: boolean) => {
    metrics.overloaded(strain, isOverloaded);
    onChange(strain, isOverloaded);
  };
  const gates: Readonly<Record<Strain, Gate>> = {
    "event-loop": new Gate(limits.lagMs, change("event-loop")),
    memory: new Gate(limits.memory, change("memory")),
  };
  const cancel = clock.every(sampleMs, () => {
    gates["event-loop"].take(vitals.lagMs());
    gates.memory.take(vitals.memory());
  });
  return {
    strain: () => strains.find((strain) => gates[strain].isShut),
    close() {
      cancel();
      vitals.close();
    },
  };
}

/** Shuts after enough samples above the threshold, opens after enough well below it. */
class Gate {
  readonly #threshold: number;
  readonly #onChange: (isShut: boolean) => void;
  #isShut = false;
  /** Samples in a row that speak for a change. */
  #against = 0;

  constructor(threshold: number, onChange: (isShut: boolean) => void) {
    this.#threshold = threshold;
    this.#onChange = onChange;
  }

  get isShut(): boolean {
    return this.#isShut;
  }

  take(sample: number): void {
    const isAgainst = this.#isShut ? sample < this.#threshold * wellBelow : sample > this.#threshold;
    this.#against = isAgainst ? this.#against + 1 : 0;
    if (this.#against < (this.#isShut ? samples.good : samples.bad)) return;
    this.#isShut = !this.#isShut;
    this.#against = 0;
    this.#onChange(this.#isShut);
  }
}
