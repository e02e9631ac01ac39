/** What somebody wants done to an issue, as data: so it can be kept, and be done after a reload. */
import type { Activity, Issue, MoveName, UpdateIssue } from "@faultline/contract";
import { moves } from "@faultline/contract";
import type { Api, NewIssue } from "../api/api.ts";
import { assigned, merged, moved, updated } from "./optimistic.ts";
import type { Write } from "./queue.ts";

export type Wish =
  /** `shown` stands for the issue until the server tells of it. */
  | { readonly kind: "report"; readonly issue: NewIssue; readonly shown: Issue }
  | { readonly kind: "update"; readonly fields: UpdateIssue }
  | { readonly kind: "move"; readonly move: MoveName; readonly comment: string | undefined }
  | { readonly kind: "assign"; readonly assigneeId: string | null }
  | { readonly kind: "merge"; readonly into: string }
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "remove" };

export type Intent = Wish & {
  readonly issueId: string;
  /** When it was made, an ISO time. */
  readonly time: string;
};

/** `key` makes a report one report, however often it is sent. */
export function writeOf(intent: Intent, key: string): Write {
  return {
    intent,
    kind: intent.kind,
    issueId: intent.issueId,
    apply: (issue) => apply(intent, issue),
    send: (api) => send(api, intent, key),
    // The server makes one report of a key, and one merge of an issue, by itself.
    ...(intent.kind !== "report" && intent.kind !== "merge" && { isIn: (entry) => isIn(intent, entry) }),
  };
}

function apply(intent: Intent, issue: Issue | undefined): Issue | undefined {
  // The server's own, or a newer version of it, is the better one.
  if (intent.kind === "report") return issue ?? intent.shown;
  return issue && change(intent, issue);
}

function change(intent: Exclude<Intent, { kind: "report" }>, issue: Issue): Issue | undefined {
  switch (intent.kind) {
    case "update":
      return updated(issue, intent.fields, intent.time);
    case "move":
      return moved(issue, intent.move, intent.time);
    case "assign":
      return assigned(issue, intent.assigneeId, intent.time);
    case "merge":
      return merged(issue, intent.into, intent.time);
    case "comment":
      return issue;
    case "remove":
      return undefined;
  }
}

async function send(
  { issues }: Pick<Api, "issues">,
  intent: Intent,
  key: string,
): Promise<Issue | undefined> {
  const { issueId } = intent;
  switch (intent.kind) {
    case "report":
      return issues.create(intent.issue, { key });
    case "update":
      return issues.update(issueId, intent.fields);
    case "move":
      return issues.move(issueId, intent.move, intent.comment);
    case "assign":
      return issues.assign(issueId, intent.assigneeId);
    case "merge":
      return issues.merge(issueId, intent.into);
    case "comment":
      return issues.comment(issueId, intent.text);
    case "remove":
      await issues.remove(issueId);
      return undefined;
  }
}

/** Whether an entry of the issue's history is what was wanted. */
function isIn(intent: Intent, { issue, changed, events, comment }: Activity): boolean {
  switch (intent.kind) {
    case "update":
      return changed.length > 0 && hasFields(issue, intent.fields);
    case "move":
      return changed.includes("status") && issue.status === moves[intent.move].to;
    case "assign":
      return changed.includes("assigneeId") && issue.assigneeId === intent.assigneeId;
    case "comment":
      return comment === intent.text.trim();
    case "remove":
      return events.includes("issue:deleted");
    default:
      return false;
  }
}

function hasFields(issue: Issue, fields: UpdateIssue): boolean {
  return Object.entries(fields).every(([name, value]) => isSame(issue[name as keyof Issue], value));
}

/** Whether the server has what was sent: it takes the space around text away. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string") return a.trim() === b.trim();
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return (a ?? null) === (b ?? null);
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])] as never[];
  return names.every((name) => isSame(a[name], b[name]));
}
