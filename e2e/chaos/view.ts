/**
 * What a client knows, built only from what it received and, after a sync point, from what it fetched; and the record of
 * it, for the check at the end.
 */
import {
  comparePositions,
  type FaultlineEvent,
  type HeatCell,
  type LogEvent,
  type Stats,
} from "@faultline/contract";
import { digestOf } from "./digest.ts";
import { describeEntry, type Entry, type Ledger } from "./ledger.ts";
import type { Problem, ProblemKind } from "./problem.ts";

/** What is known of an issue: without a digest it is gone, and stays so. */
export interface Known {
  readonly version: number;
  readonly digest: string | undefined;
}

/** The issues that a client's rooms show, by id, read from Firestore afresh. */
export type Fetch = () => Promise<ReadonlyMap<string, Known>>;

/** From a sync point to the next: in between, nothing may be missing, come twice or go back. */
export interface Interval {
  readonly why: "joined" | "lost";
  /** Where it begins; undefined for a stream that was joined, which is not told. */
  readonly since: string | undefined;
  readonly seen: Entry[];
  /** What was fetched, once it has been. */
  fetched?: ReadonlyMap<string, Known>;
}

export class View {
  readonly intervals: Interval[] = [];
  readonly cells = new Map<string, HeatCell>();
  readonly stats = new Map<string, Stats>();
  /** What is wrong on its face. */
  readonly problems: Problem[] = [];
  readonly #fetch: Fetch;
  readonly #ledger: Ledger;
  #known = new Map<string, Known>();
  /** What came since the sync point: it is newer than what is fetched, or the same. */
  #fresh = new Map<string, Known>();
  #position: string | undefined;
  #fetching: Promise<void> = Promise.resolve();

  constructor(fetch: Fetch, ledger: Ledger) {
    this.#fetch = fetch;
    this.#ledger = ledger;
  }

  /** The position to resume from. */
  get position(): string | undefined {
    return this.#position;
  }

  /** The issues that it shows, by id. */
  issues(): ReadonlyMap<string, Known> {
    return new Map([...this.#known].filter(([, { digest }]) => digest !== undefined));
  }

  /** Resolves when what was asked for at the last sync point is in. */
  settled(): Promise<void> {
    return this.#fetching;
  }

  /** From here on everything comes; what was before is fetched. */
  sync(why: Interval["why"], position: string | undefined): void {
    const interval: Interval = { why, since: position, seen: [] };
    this.intervals.push(interval);
    this.#position = position;
    this.#fresh = new Map();
    this.#fetching = this.#fetchFor(interval);
  }

  /** Everything up to here is in, though not every position was of a room of ours. */
  reach(position: string): void {
    if (this.#position === undefined || comparePositions(position, this.#position) > 0)
      this.#position = position;
  }

  apply(event: FaultlineEvent): void {
    if (event.type === "heatmap:updated") this.#applyCells(event.data.cells);
    else if (event.type === "stats:updated") this.stats.set(event.data.scope, event.data.stats);
    else this.#applyLogged(event);
  }

  report(kind: ProblemKind, what: string): void {
    this.problems.push({ kind, what, at: Date.now() });
  }

  #applyCells(cells: readonly HeatCell[]): void {
    for (const cell of cells) {
      const known = this.cells.get(cell.buildingId);
      if (!known || cell.version >= known.version) this.cells.set(cell.buildingId, cell);
    }
  }

  #applyLogged(event: LogEvent): void {
    const entry = this.#ledger.record(event);
    if (!entry) {
      this.report("foreign", `at ${event.id} others were given something else than ${event.type}`);
      return;
    }
    if (this.#position !== undefined && comparePositions(entry.position, this.#position) <= 0)
      this.report("repeated", `${describeEntry(entry)} came after ${this.#position}`);
    this.reach(entry.position);
    this.intervals.at(-1)?.seen.push(entry);
    if (event.type === "maintenance:alert") return;
    const { issue } = event.data;
    const known = {
      version: event.version,
      digest: event.type === "issue:deleted" ? undefined : digestOf(issue),
    };
    take(this.#known, issue.id, known);
    take(this.#fresh, issue.id, known);
  }

  async #fetchFor(interval: Interval): Promise<void> {
    const fetched = await this.#fetch();
    if (this.intervals.at(-1) !== interval) return;
    interval.fetched = fetched;
    this.#known = new Map(fetched);
    for (const [id, known] of this.#fresh) take(this.#known, id, known);
  }
}

function take(issues: Map<string, Known>, id: string, known: Known): void {
  if ((issues.get(id)?.version ?? 0) <= known.version) issues.set(id, known);
}
