/**
 * A log in memory: what Redis holds of it, and all that it ever was. Each loss begins another timeline; what a client may
 * see is always a stretch of one of them.
 */
import { comparePositions, entryField, previousField } from "@faultline/contract";
import type { LogRedis } from "../src/ingest/log.ts";
import { type BuildingId, entryOf, issueEvent } from "./fixtures.ts";

export interface ModelEntry {
  readonly position: string;
  readonly previous: string;
  readonly building: BuildingId;
}

interface Timeline {
  readonly beginning: string;
  readonly entries: ModelEntry[];
}

type Stored = [position: string, fields: string[]];

/** A read that waits for the test to let it go on. */
type Gate = (error?: Error) => void;

export class LogModel {
  readonly organizationId = "org";
  /** Reads that have been asked for. */
  readonly reads: Gate[] = [];
  readonly #timelines: Timeline[] = [];
  #kept: readonly ModelEntry[] = [];
  #head: string | undefined;
  #time = 1_000_000;
  #number = 0;

  /** Where the log ends; undefined when it was flushed, and nothing has begun another. */
  get head(): string | undefined {
    return this.#head;
  }

  append(building: BuildingId): ModelEntry {
    const previous = this.#head ?? this.#begin(`0-${++this.#number}`);
    this.#time += 7;
    const position = `${this.#time}-${++this.#number}`;
    // A replica's clock may be behind, but a log's positions grow.
    if (comparePositions(position, previous) < 0) return this.append(building);
    const entry = { position, previous, building };
    this.#timelines.at(-1)?.entries.push(entry);
    this.#kept = [...this.#kept, entry];
    this.#head = position;
    return entry;
  }

  trim(keep: number): void {
    this.#kept = this.#kept.slice(-keep);
  }

  expire(): void {
    this.#kept = [];
  }

  flush(): void {
    this.#kept = [];
    this.#head = undefined;
  }

  /** To a replica that lacks the newest `lacking` entries, and whose clock is behind. */
  failOver(lacking: number, behindMs: number): void {
    const [lost] = this.#kept.slice(-lacking);
    this.#time -= behindMs;
    if (!lost) return;
    const current = this.#timelines.at(-1);
    const rest = current?.entries.slice(0, current.entries.indexOf(lost)) ?? [];
    this.#kept = this.#kept.slice(0, -lacking);
    this.#head = lost.previous;
    this.#timelines.push({ beginning: current?.beginning ?? "", entries: rest });
  }

  /** Whether somebody who has everything up to `cursor` in these buildings may be sent `position` next, in some timeline. */
  mayFollow(position: string, cursor: string, buildings: ReadonlySet<BuildingId>): boolean {
    return this.#timelines.some((timeline) => {
      const next = this.#after(timeline, cursor)?.find(({ building }) => buildings.has(building));
      return next?.position === position;
    });
  }

  /** What somebody who has everything up to `cursor` has not got yet; undefined if that can't be told from the log. */
  missing(cursor: string, buildings: ReadonlySet<BuildingId>): readonly ModelEntry[] | undefined {
    const current = this.#timelines.at(-1);
    const after = current && this.#head !== undefined ? this.#after(current, cursor) : undefined;
    return after?.filter(({ building }) => buildings.has(building));
  }

  /** How many entries follow `cursor`, all of which the log still has; undefined if it does not. */
  recoverable(cursor: string): number | undefined {
    const current = this.#timelines.at(-1);
    const after = current && this.#head !== undefined ? this.#after(current, cursor) : undefined;
    return after?.every((entry) => this.#kept.includes(entry)) ? after.length : undefined;
  }

  /** What the relay reads of it, each time when the test lets it. */
  readonly redis = {
    xrevrange: async (_key: string, from: string, _to: string, _count: string, count: number) => {
      await this.#gate();
      const upTo = this.#kept.filter(({ position }) => comparePositions(position, from) <= 0);
      return upTo.reverse().slice(0, count).map(store);
    },
    getex: async () => {
      await this.#gate();
      return this.#head ?? null;
    },
    multi: () => this.#transaction(),
  } as unknown as LogRedis;

  #transaction() {
    const commands: (() => unknown)[] = [];
    const transaction = {
      set: (_key: string, beginning: string) => {
        commands.push(() => this.#head ?? this.#begin(beginning));
        return transaction;
      },
      get: () => {
        commands.push(() => this.#head ?? null);
        return transaction;
      },
      getex: () => transaction.get(),
      xrange: (_key: string, from: string, _to: string, _count: string, count: number) => {
        const after = ({ position }: ModelEntry) => comparePositions(position, from.slice(1)) > 0;
        commands.push(() => this.#kept.filter(after).slice(0, count).map(store));
        return transaction;
      },
      exec: async () => {
        await this.#gate();
        return commands.map((command) => [null, command()]);
      },
    };
    return transaction;
  }

  #gate(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.reads.push((error) => (error ? reject(error) : resolve()));
    });
  }

  #begin(beginning: string): string {
    this.#timelines.push({ beginning, entries: [] });
    this.#head = beginning;
    return beginning;
  }

  #after({ beginning, entries }: Timeline, cursor: string): readonly ModelEntry[] | undefined {
    if (cursor === beginning) return entries;
    const at = entries.findIndex(({ position }) => position === cursor);
    return at < 0 ? undefined : entries.slice(at + 1);
  }
}

/** The entry as it is logged and pushed. */
export function logEntryOf({ position, building }: ModelEntry) {
  const event = issueEvent("org", building);
  return entryOf({ ...event, id: position });
}

function store(entry: ModelEntry): Stored {
  const { position, previous } = entry;
  return [position, [entryField, JSON.stringify(logEntryOf(entry)), previousField, previous]];
}
