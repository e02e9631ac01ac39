/** The figures of a run. */
import type { Client } from "./client.ts";
import type { Struck } from "./faults.ts";
import type { OrganizationId } from "./organization.ts";
import type { FaultKind } from "./plan.ts";
import type { ProblemKind } from "./problem.ts";
import type { Finding } from "./report.ts";
import type { ClientFigures } from "./stint.ts";
import type { TriggerFigures } from "./triggers.ts";
import type { Truth } from "./truth.ts";
import type { WriterFigures } from "./writers.ts";

export interface Figures {
  readonly seed: number;
  /** From the first fault to the end of the last. */
  readonly seconds: number;
  readonly clients: number;
  readonly writes: WriterFigures;
  readonly triggers: TriggerFigures;
  /** Committed changes of issues, and the events that they stand for: each is an entry of a log. */
  readonly changes: number;
  readonly events: number;
  /** Entries that clients received. */
  readonly deliveries: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly reconnects: number;
  /** Subscriptions that named a position, by how they went. */
  readonly resumes: ClientFigures["resumes"];
  /** Entries that came in replays. */
  readonly replayed: number;
  /** Told on subscribing or live. */
  readonly syncLost: number;
  readonly refetches: number;
  /** Why relays ended connections, or announced it. */
  readonly dismissals: Readonly<Record<string, number>>;
  readonly problems: Readonly<Record<ProblemKind, number>>;
  /** Milliseconds from commit to receipt of what came live, faults included. */
  readonly latencyMs: Percentiles;
  /** Milliseconds from connecting with a position to having all that was missed, by replay or by fetching. */
  readonly catchUpMs: Percentiles;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface FiguresOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly clients: readonly Client[];
  readonly triggers: TriggerFigures;
  readonly writers: WriterFigures;
  readonly truths: ReadonlyMap<OrganizationId, Truth>;
  readonly struck: readonly Struck[];
  readonly findings: readonly Finding[];
}

export function figuresOf(run: FiguresOptions): Figures {
  const { seed, seconds, clients, truths, struck, findings } = run;
  const told = [...truths.values()].flatMap(({ histories }) =>
    [...histories.values()].map((history) => history.told),
  );
  const all = clients.map(({ figures }) => figures);
  const total = (of: (figures: ClientFigures) => number) =>
    all.reduce((sum, figures) => sum + of(figures), 0);
  return {
    seed,
    seconds,
    clients: clients.length,
    writes: run.writers,
    triggers: run.triggers,
    changes: told.reduce((sum, events) => sum + new Set(events.map(({ version }) => version)).size, 0),
    events: told.reduce((sum, events) => sum + events.length, 0),
    deliveries: total(({ deliveries }) => deliveries),
    faults: count(struck.filter(({ isHit }) => isHit).map(({ kind }) => kind)),
    reconnects: total(({ connections }) => connections - 1),
    resumes: {
      current: total(({ resumes }) => resumes.current),
      replayed: total(({ resumes }) => resumes.replayed),
      lost: total(({ resumes }) => resumes.lost),
    },
    replayed: total(({ replayed }) => replayed),
    syncLost: total(({ resumes, lostLive }) => resumes.lost + lostLive),
    refetches: total(({ refetches }) => refetches),
    dismissals: sumOf(all.map(({ dismissals }) => dismissals)),
    problems: {
      missed: 0,
      repeated: 0,
      wentBack: 0,
      foreign: 0,
      differs: 0,
      ...count(findings.map(({ problem }) => problem.kind)),
    },
    latencyMs: percentiles(all.flatMap(({ latenciesMs }) => latenciesMs)),
    catchUpMs: percentiles(all.flatMap(({ catchUpsMs }) => catchUpsMs)),
  };
}

function count<K extends string>(names: readonly K[]): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function sumOf(all: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, times] of all.flatMap((one) => [...one])) sums[name] = (sums[name] ?? 0) + times;
  return sums;
}

/** 0 of no values. */
function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

/** As a table of two columns. */
export function formatFigures(figures: Figures): string {
  const rows = Object.entries(figures).flatMap(([name, value]) =>
    typeof value === "object"
      ? Object.entries(value).map(([part, number]) => [`${name} ${part}`, number] as const)
      : [[name, value] as const],
  );
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(9)}`).join("\n");
}
