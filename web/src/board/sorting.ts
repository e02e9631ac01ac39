/** The orders of the board. Each is total, so that two tabs show the same. */
import { type Issue, isUnresolved, severityWeight } from "@faultline/contract";

export const sortNames = ["severity", "due", "updated", "created"] as const;
export type SortName = (typeof sortNames)[number];

type Comparison = (a: Issue, b: Issue) => number;

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const unresolvedFirst: Comparison = (a, b) => Number(isUnresolved(b)) - Number(isUnresolved(a));
const byDue: Comparison = (a, b) => unresolvedFirst(a, b) || byText(a.dueAt, b.dueAt);

const comparisons: Readonly<Record<SortName, Comparison>> = {
  severity: (a, b) =>
    unresolvedFirst(a, b) ||
    severityWeight[b.severity] - severityWeight[a.severity] ||
    byText(a.dueAt, b.dueAt),
  due: byDue,
  updated: (a, b) => byText(b.updatedAt, a.updatedAt),
  created: (a, b) => byText(b.createdAt, a.createdAt),
};

/** A new, sorted array; equals are in the order of their ids. */
export function sortIssues<I extends Issue>(issues: readonly I[], name: SortName): readonly I[] {
  return [...issues].sort((a, b) => comparisons[name](a, b) || byText(a.id, b.id));
}
