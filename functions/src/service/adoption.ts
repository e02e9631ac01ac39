/** Pure decisions about a document that was written past the API: whether it was, and what it has to become. */
import {
  type Activity,
  activityOf,
  changedFields,
  dueAt,
  type Issue,
  issueSchema,
  isUnresolved,
} from "@faultline/contract";
import type { EffectiveWrite, Unreconciled } from "../store/index.ts";

/** Stands for the reporter where nothing says who that was. */
export const unknownReporter = "unknown";

export interface Adoption {
  readonly organizationId: string;
  readonly id: string;
  readonly time: string;
}

export type Verdict =
  | { readonly kind: "in line" }
  | { readonly kind: "adopt"; readonly write: EffectiveWrite }
  | { readonly kind: "malformed"; readonly field: string; readonly problem: string };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Compares a document with the newest entry of its history. They are in line after every write of ours, so adopting the
 * same write twice, or while it is superseded, decides "in line" the second time.
 */
export function judge(state: Unreconciled, adoption: Adoption): Verdict {
  const { document, latest } = state;
  const before = latest && !latest.events.includes("issue:deleted") ? latest.issue : null;
  if (!document) return before ? adopt(before, null, adoption) : { kind: "in line" };
  if (!state.building) return malformed("buildingId", "must name a building of the organization");
  const fields = { ...completed(document, state, before, adoption), version: nextVersion(document, latest) };
  const result = issueSchema.safeParse(fields);
  if (!result.success) {
    const [issue] = result.error.issues;
    return malformed(issue?.path.join(".") ?? "", issue?.message ?? "not valid");
  }
  const isOurs =
    before?.version === document.version &&
    changedFields(before, result.data).length === 0 &&
    issueSchema.safeParse(pickIssue(document)).success;
  // A write of ours may have come between and counted on from a cell that knew nothing of the foreign one. The cell is
  // put right here; a version more is what tells it on.
  return isOurs && !state.isMiscounted ? { kind: "in line" } : adopt(before, result.data, adoption);
}

function adopt(before: Issue | null, after: Issue | null, { time }: Adoption): Verdict {
  const activity = activityOf({ before, after, actor: { uid: null }, time });
  return { kind: "adopt", write: { before, after, activity } };
}

/** After everything that was ever told of an issue with this id, and after the version that the writer chose. */
function nextVersion({ version }: Fields, latest: Activity | undefined): number {
  const own = typeof version === "number" && Number.isSafeInteger(version) && version > 0 ? version : 0;
  return Math.max(own, latest?.version ?? 0) + 1;
}

/** The document's fields that an issue has, with what bookkeeping lacks. */
function completed(
  document: Fields,
  { building, createdAt: documentCreatedAt }: Unreconciled,
  before: Issue | null,
  { organizationId, id, time }: Adoption,
): Record<string, unknown> {
  const createdAt = timeOf(document.createdAt ?? before?.createdAt ?? documentCreatedAt ?? time);
  const filled = {
    description: "",
    status: "open",
    reporterId: before?.reporterId ?? unknownReporter,
    assigneeId: null,
    ...pickIssue(document),
    id,
    organizationId,
    campusId: building?.campusId,
    createdAt,
    updatedAt: time,
  };
  return { ...filled, ...timesOf(filled, before, createdAt, time) };
}

/** When it is due and when it was resolved follow from severity and status unless the writer said so. */
function timesOf(fields: Fields, before: Issue | null, createdAt: unknown, time: string) {
  const { severity, status } = fields;
  const known = issueSchema.pick({ severity: true, status: true, createdAt: true });
  const parsed = known.safeParse({ severity, status, createdAt });
  // What is wrong is told of severity, status or createdAt, not of what would follow from them.
  if (!parsed.success) return { dueAt: time, resolvedAt: null };
  const due = dueAt(parsed.data.createdAt, parsed.data.severity);
  const isNewSeverity = before !== null && before.severity !== severity;
  return {
    dueAt: isNewSeverity ? due : timeOf(fields.dueAt ?? due),
    resolvedAt: isUnresolved(parsed.data)
      ? null
      : timeOf(fields.resolvedAt ?? (status === "resolved" ? time : null)),
  };
}

function pickIssue(document: Fields): Record<string, unknown> {
  const names = Object.keys(issueSchema.shape);
  return Object.fromEntries(Object.entries(document).filter(([name]) => names.includes(name)));
}

/** A time that was written as text gets the form that the contract has; anything else stays and is refused. */
function timeOf(value: unknown): unknown {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return value;
  return new Date(value).toISOString();
}

function malformed(field: string, problem: string): Verdict {
  return { kind: "malformed", field, problem };
}
