/** Counting issues: what cells and stats are. Without a schema library, so that a web page can load it. */
import type { Stats, Tally } from "./heat.ts";
import type { Issue } from "./issue.ts";
import {
  type Category,
  categories,
  isUnresolved,
  type Severity,
  type Status,
  severities,
  statuses,
} from "./terms.ts";

export const severityWeight: Readonly<Record<Severity, number>> = {
  low: 1,
  medium: 3,
  high: 7,
  critical: 15,
};

type Counted = Pick<Issue, "status" | "severity" | "category" | "createdAt" | "resolvedAt">;

const zeros = <K extends string>(keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;

export function emptyTally(): Tally {
  return {
    byStatus: zeros<Status>(statuses),
    bySeverity: zeros<Severity>(severities),
    byCategory: zeros<Category>(categories),
    weight: 0,
    resolution: { count: 0, seconds: 0 },
  };
}

/** What one issue adds to its building's cell. */
function tallyOf(issue: Counted): Tally {
  const tally = emptyTally();
  tally.byStatus[issue.status] = 1;
  if (isUnresolved(issue)) {
    tally.bySeverity[issue.severity] = 1;
    tally.byCategory[issue.category] = 1;
    tally.weight = severityWeight[issue.severity];
  }
  if (issue.resolvedAt !== null) {
    const seconds = Math.round((Date.parse(issue.resolvedAt) - Date.parse(issue.createdAt)) / 1000);
    tally.resolution = { count: 1, seconds: Math.max(0, seconds) };
  }
  return tally;
}

function combine(a: Tally, b: Tally, of: (x: number, y: number) => number): Tally {
  const each = <K extends string>(keys: readonly K[], x: Record<K, number>, y: Record<K, number>) =>
    Object.fromEntries(keys.map((key) => [key, of(x[key], y[key])])) as Record<K, number>;
  return {
    byStatus: each(statuses, a.byStatus, b.byStatus),
    bySeverity: each(severities, a.bySeverity, b.bySeverity),
    byCategory: each(categories, a.byCategory, b.byCategory),
    weight: of(a.weight, b.weight),
    resolution: {
      count: of(a.resolution.count, b.resolution.count),
      seconds: of(a.resolution.seconds, b.resolution.seconds),
    },
  };
}

const sum = (x: number, y: number) => x + y;

/**
 * A cell that has not been told yet of a write past the API may lack what is taken from it; a negative count would make
 * the whole log entry unreadable.
 */
const difference = (x: number, y: number) => Math.max(0, x - y);

/** The tally of many issues: what a cell must equal. */
export function countIssues(issues: Iterable<Counted>): Tally {
  let tally = emptyTally();
  for (const issue of issues) tally = combine(tally, tallyOf(issue), sum);
  return tally;
}

/**
 * The tally after one issue of the building went from `before` to `after` (null: did not or does not exist). No count
 * goes below zero, whatever the tally was.
 */
export function applyChange(tally: Tally, before: Counted | null, after: Counted | null): Tally {
  const without = before ? combine(tally, tallyOf(before), difference) : tally;
  return after ? combine(without, tallyOf(after), sum) : without;
}

/** The stats of an organization, campus or building: the sum over its cells. */
export function sumCells(cells: Iterable<Tally>): Stats {
  let tally = emptyTally();
  for (const cell of cells) tally = combine(tally, cell, sum);
  const total = statuses.reduce((count, status) => count + tally.byStatus[status], 0);
  const unresolved = severities.reduce((count, severity) => count + tally.bySeverity[severity], 0);
  return { ...tally, total, unresolved };
}
