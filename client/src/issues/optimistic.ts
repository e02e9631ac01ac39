/** What a write makes of an issue, as the server will see it: the same rules, without its permissions. */
import {
  dueAt,
  findMove,
  type Issue,
  type MoveName,
  moves,
  type Status,
  type UpdateIssue,
} from "@faultline/contract";

/** At `time`, which the server's own will replace. */
export function updated(issue: Issue, change: UpdateIssue, time: string): Issue {
  const { status, location, ...fields } = definedOf(change);
  const { location: before, ...rest } = issue;
  const place = location === undefined ? before : location;
  const edited: Issue = { ...rest, ...fields, ...(place && { location: place }), updatedAt: time };
  const due =
    change.severity === undefined ? edited : { ...edited, dueAt: dueAt(issue.createdAt, edited.severity) };
  return status === undefined ? due : become(due, status, time);
}

export function moved(issue: Issue, move: MoveName, time: string): Issue {
  return become(issue, moves[move].to, time);
}

export function assigned(issue: Issue, assigneeId: string | null, time: string): Issue {
  return issue.assigneeId === assigneeId ? issue : { ...issue, assigneeId, updatedAt: time };
}

/** Resolved in favour of another issue; once merged, it is not merged again. */
export function merged(issue: Issue, into: string, time: string): Issue {
  if (issue.mergedInto !== undefined) return issue;
  const resolved = become(issue, "resolved", time);
  return resolved.status === "resolved" ? { ...resolved, mergedInto: into } : issue;
}

/** A move that the workflow does not have changes nothing: somebody else was faster, and the server will refuse it. */
function become(issue: Issue, status: Status, time: string): Issue {
  if (!findMove(issue.status, status)) return issue;
  const { mergedInto, ...rest } = issue;
  const merged = status === "open" || mergedInto === undefined ? {} : { mergedInto };
  return { ...rest, ...merged, status, resolvedAt: resolvedAtOf(issue, status, time), updatedAt: time };
}

/** Closing keeps the time of resolution, where there is one; only reopening forgets it, as it does a merge. */
function resolvedAtOf(issue: Issue, status: Status, time: string): string | null {
  if (status === "resolved") return time;
  return status === "closed" ? issue.resolvedAt : null;
}

/** Without fields that are there but undefined. */
function definedOf<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const defined = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(defined) as { [K in keyof T]: Exclude<T[K], undefined> };
}
