// The recent past: what documents were before the latest changes, for reads at an earlier time and for
// read-only transactions. Bounded in number and age; what is older can no longer be read.
import { toMicros } from "./clock.ts";
import { failedPrecondition } from "./status.ts";
import type { DocumentChange, StoredDocument } from "./value.ts";

export const HistoryDefaults = { maxChanges: 10_000, maxAgeMs: 60_000 } as const;

export class History {
  #changes: DocumentChange[] = [];
  /** The newest time of which a change is no longer here; the past is known from then on. */
  #knownSince: number;
  readonly #limits: typeof HistoryDefaults;

  /** `start` is the time (microseconds) from which on this history will be told of every change. */
  constructor(start: number, limits = HistoryDefaults) {
    this.#knownSince = start;
    this.#limits = limits;
  }

  add(changes: readonly DocumentChange[], time: number): void {
    for (const change of changes) this.#changes.push(change);
    // Trimming in large steps keeps the cost per change constant.
    if (this.#changes.length >= this.#limits.maxChanges * 2) this.#trim(this.#limits.maxChanges);
    else if (time - this.#oldest(time) > this.#limits.maxAgeMs * 2000)
      this.#trimTo(time - this.#limits.maxAgeMs * 1000);
  }

  /**
   * What differs at `time` (microseconds) from now: for every document changed since, what it was then.
   * FAILED_PRECONDITION when that is no longer known.
   */
  since(time: number): ReadonlyMap<string, StoredDocument | undefined> {
    if (time < this.#knownSince) throw failedPrecondition("The requested read time is too far in the past.");
    const then = new Map<string, StoredDocument | undefined>();
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i] as DocumentChange;
      if (toMicros(change.commitTime) <= time) break;
      then.set(change.path, change.before);
    }
    return then;
  }

  #oldest(fallback: number): number {
    const first = this.#changes[0];
    return first ? toMicros(first.commitTime) : fallback;
  }

  #trimTo(time: number): void {
    const kept = this.#changes.findIndex((change) => toMicros(change.commitTime) > time);
    this.#trim(kept < 0 ? 0 : this.#changes.length - kept);
  }

  #trim(keep: number): void {
    const dropped = this.#changes[this.#changes.length - keep - 1];
    if (!dropped) return;
    this.#knownSince = toMicros(dropped.commitTime);
    this.#changes = keep === 0 ? [] : this.#changes.slice(-keep);
  }
}
