// The recent past: what documents were before the latest changes, for reads at an earlier time and for
// read-only transactions. Bounded in number and age; what is older can no longer be read.

import type { DocumentChange, StoredDocument } from "../document/value.ts";
import { failedPrecondition } from "../wire/status.ts";

export interface HistoryLimits {
  /** So many changes are kept at least, and twice as many at most. */
  readonly maxChanges: number;
  /** Changes of this age are kept, and none of more than twice this age. */
  readonly maxAgeMs: number;
}

export const HistoryDefaults: HistoryLimits = { maxChanges: 10_000, maxAgeMs: 60_000 };

interface Entry {
  readonly path: string;
  readonly before: StoredDocument | undefined;
  /** In microseconds. */
  readonly time: number;
}

export class History {
  /** Oldest first. */
  #entries: Entry[] = [];
  /** The time from which on every change is here. */
  #knownSince: number;
  readonly #limits: HistoryLimits;

  /** `start` is the time (microseconds) after which this history will be told of every change. */
  constructor(start: number, limits: HistoryLimits = HistoryDefaults) {
    this.#knownSince = start;
    this.#limits = limits;
  }

  add(changes: readonly DocumentChange[], time: number): void {
    for (const { path, before } of changes) this.#entries.push({ path, before, time });
    const { maxChanges, maxAgeMs } = this.#limits;
    const oldest = this.#entries[0]?.time ?? time;
    // Trimming in large steps keeps the cost per change constant.
    if (this.#entries.length >= maxChanges * 2) this.#keep(maxChanges);
    else if (time - oldest > maxAgeMs * 2000) this.#keep(this.#countSince(time - maxAgeMs * 1000));
  }

  /**
   * What differs at `time` (microseconds) from now: for every document changed since, what it was then.
   * FAILED_PRECONDITION when that is no longer known.
   */
  since(time: number): ReadonlyMap<string, StoredDocument | undefined> {
    if (time < this.#knownSince) throw failedPrecondition("The requested read time is too far in the past.");
    const then = new Map<string, StoredDocument | undefined>();
    for (let i = this.#entries.length - this.#countSince(time); i < this.#entries.length; i++) {
      const { path, before } = this.#entries[i] as Entry;
      if (!then.has(path)) then.set(path, before);
    }
    return then;
  }

  /** How many changes were after `time`. */
  #countSince(time: number): number {
    let count = 0;
    while ((this.#entries[this.#entries.length - 1 - count]?.time ?? time) > time) count++;
    return count;
  }

  #keep(count: number): void {
    this.#knownSince = this.#entries[this.#entries.length - count - 1]?.time ?? this.#knownSince;
    this.#entries = count === 0 ? [] : this.#entries.slice(-count);
  }
}
