/** Pure decisions: what an issue becomes, and the write that makes it so. */
import {
  activityOf,
  assertCan,
  assertMove,
  type CreateIssue,
  changedFields,
  dueAt,
  FaultlineError,
  type Issue,
  type MoveName,
  type Principal,
  type Status,
  type UpdateIssue,
} from "@faultline/contract";
import type { EffectiveWrite, IssueCreated, IssueWrite, MergeWrites } from "../store/index.ts";

/** Who writes, and when. */
export interface Author {
  readonly principal: Principal;
  readonly time: string;
}

/** The versions that a request was made for. */
export type Versions = readonly number[] | "any";

export interface Condition {
  /** Refuse with `version-stale` unless the issue is at one of these. */
  readonly ifMatch?: Versions | undefined;
}

export interface Move {
  readonly name: MoveName;
  readonly comment?: string | undefined;
}

export function newIssue(
  request: CreateIssue,
  { id, campusId }: { readonly id: string; readonly campusId: string },
  { principal, time }: Author,
): Issue {
  const { buildingId, title, description, category, severity, location } = request;
  return {
    id,
    organizationId: principal.organizationId,
    campusId,
    buildingId,
    title,
    description,
    category,
    severity,
    status: "open",
    ...(location && { location }),
    reporterId: principal.uid,
    assigneeId: null,
    dueAt: dueAt(time, severity),
    createdAt: time,
    updatedAt: time,
    resolvedAt: null,
    version: 1,
  };
}

/** Throws unless the principal may change every field that is asked for and the workflow has the move. */
export function updated(issue: Issue, change: UpdateIssue, author: Author): Issue {
  const { status, location, ...fields } = definedOf(change);
  if (location !== undefined || Object.keys(fields).length > 0) assertCan(author.principal, "edit", issue);
  const { location: before, ...rest } = issue;
  const place = location === undefined ? before : location;
  const edited: Issue = { ...rest, ...fields, ...(place && { location: place }) };
  const due = change.severity === undefined ? edited : withDueTime(edited);
  if (status === undefined) return due;
  assertCan(author.principal, "work", issue);
  return status === issue.status ? due : moved(due, status, author);
}

/** Throws unless the principal may work on the issue and the workflow has the move. */
export function moved(issue: Issue, status: Status, { principal, time }: Author): Issue {
  assertCan(principal, "work", issue);
  assertMove(issue.status, status);
  const { mergedInto, ...rest } = issue;
  const merged = status === "open" || mergedInto === undefined ? {} : { mergedInto };
  return { ...rest, ...merged, status, resolvedAt: resolvedAtOf(issue, status, time) };
}

/** Closing keeps the time of resolution, where there is one; only reopening forgets it, as it does a merge. */
function resolvedAtOf(issue: Issue, status: Status, time: string): string | null {
  if (status === "resolved") return time;
  return status === "closed" ? issue.resolvedAt : null;
}

function withDueTime(issue: Issue): Issue {
  return { ...issue, dueAt: dueAt(issue.createdAt, issue.severity) };
}

/** The write that creates `issue`. */
export function creation(issue: Issue, author: Author): IssueCreated {
  return {
    before: null,
    after: issue,
    activity: activityOf({ ...entry(author), before: null, after: issue }),
  };
}

/** The write that makes `before` into `after` as its next version; none when nothing changes and nothing is said. */
export function revision(before: Issue, after: Issue, author: Author, comment?: string): IssueWrite {
  if (comment === undefined && changedFields(before, after).length === 0) {
    return { before, after: before, activity: null };
  }
  const next: Issue = { ...after, version: before.version + 1, updatedAt: author.time };
  const said = comment === undefined ? {} : { comment };
  return { before, after: next, activity: activityOf({ ...entry(author), before, after: next, ...said }) };
}

/**
 * The writes that resolve an issue in favour of `target`, whose history tells of it; none when that was done before.
 * Throws unless the principal may merge both, neither is merged yet and the workflow has the move.
 */
export function merging(duplicate: Issue, target: Issue, author: Author): MergeWrites {
  for (const issue of [duplicate, target]) assertCan(author.principal, "merge", issue);
  if (duplicate.mergedInto === target.id)
    return { duplicate: revision(duplicate, duplicate, author), target: revision(target, target, author) };
  assertUnmerged(duplicate, "id");
  assertUnmerged(target, "into");
  const resolved = duplicate.status === "resolved" ? duplicate : moved(duplicate, "resolved", author);
  return {
    duplicate: revision(duplicate, { ...resolved, mergedInto: target.id }, author),
    target: revision(
      target,
      target,
      author,
      `Duplicate merged into this issue: ${duplicate.title} (${duplicate.id})`,
    ),
  };
}

function assertUnmerged({ id, mergedInto }: Issue, field: string): void {
  if (mergedInto === undefined) return;
  throw new FaultlineError(
    "issue-merged",
    `${field}: issue ${id} was merged into ${mergedInto}; name that one.`,
    {
      field,
    },
  );
}

/** The write that deletes the issue. */
export function deletion(before: Issue, author: Author): EffectiveWrite {
  return { before, after: null, activity: activityOf({ ...entry(author), before, after: null }) };
}

/** Throws `version-stale` unless the issue is at one of the versions; undefined or "any" takes each. */
export function assertVersion(issue: Issue, versions: Versions | undefined): void {
  if (versions === undefined || versions === "any" || versions.includes(issue.version)) return;
  throw new FaultlineError(
    "version-stale",
    `If-Match: the issue is at version ${issue.version}; fetch it and apply the change again.`,
    { field: "If-Match" },
  );
}

function entry({ principal, time }: Author) {
  const { uid, name } = principal;
  return { time, actor: { uid, ...(name === undefined ? {} : { name }) } };
}

/** Without fields that are there but undefined. */
function definedOf<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const defined = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(defined) as { [K in keyof T]: Exclude<T[K], undefined> };
}
