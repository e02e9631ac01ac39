/** What the charts show, counted from issues. Pure; `now` is given. */
import { type Issue, isUnresolved } from "@faultline/contract";

const dayMs = 86_400_000;
const hourMs = 3_600_000;

export interface Day {
  /** The start of the day, in the viewer's own time zone. */
  readonly start: number;
  readonly reported: number;
  readonly resolved: number;
}

/** The last `count` days, today's included, the oldest first. */
export function countByDay(issues: readonly Issue[], now: number, count = 30): readonly Day[] {
  const starts = Array.from({ length: count }, (_, index) => startOfDay(now, count - 1 - index));
  const days = starts.map((start) => ({ start, reported: 0, resolved: 0 }));
  const end = startOfDay(now, -1);
  // A calendar date for each of thousands of issues would take several times as long.
  const dayOf = (time: string) => {
    const at = Date.parse(time);
    return at < end ? days.findLast(({ start }) => start <= at) : undefined;
  };
  for (const issue of issues) {
    const reportedOn = dayOf(issue.createdAt);
    if (reportedOn) reportedOn.reported += 1;
    const resolvedOn = issue.resolvedAt === null ? undefined : dayOf(issue.resolvedAt);
    if (resolvedOn) resolvedOn.resolved += 1;
  }
  return days;
}

/** Upper bounds of the groups of `countByDuration`; the last group has none. */
const durationBounds = [4 * hourMs, dayMs, 3 * dayMs, 7 * dayMs] as const;

/** Issues resolved in the last `days`, by how long that took: under 4 h, a day, 3 days, a week, longer. */
export function countByDuration(issues: readonly Issue[], now: number, days = 30): readonly number[] {
  const counts = Array.from({ length: durationBounds.length + 1 }, () => 0);
  for (const { createdAt, resolvedAt } of issues) {
    if (resolvedAt === null || Date.parse(resolvedAt) < now - days * dayMs) continue;
    const took = Date.parse(resolvedAt) - Date.parse(createdAt);
    const group = durationBounds.findIndex((bound) => took < bound);
    const index = group === -1 ? durationBounds.length : group;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

export function countOverdue(issues: readonly Issue[], now: number): number {
  return issues.filter((issue) => isUnresolved(issue) && Date.parse(issue.dueAt) < now).length;
}

/** Issues that were resolved within the last `days`. */
export function countResolvedSince(issues: readonly Issue[], now: number, days: number): number {
  return issues.filter(
    ({ resolvedAt }) => resolvedAt !== null && Date.parse(resolvedAt) >= now - days * dayMs,
  ).length;
}

/** Days are counted by the calendar, since one of 25 hours is a day, too. */
function startOfDay(time: number, daysBefore: number): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - daysBefore).getTime();
}
