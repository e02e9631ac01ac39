/** What people do to issues: shown at once, and sent as soon as that is possible. */
import type { Activity, Issue, MoveName, Principal, UpdateIssue } from "@faultline/contract";
import { dueAt, moves } from "@faultline/contract";
import type { Api, NewIssue } from "../api/api.ts";
import type { Clock } from "../base/clock.ts";
import { newKey } from "../base/key.ts";
import type { IssueCache } from "./cache.ts";
import { reportId } from "./id.ts";
import { assigned, merged, moved, updated } from "./optimistic.ts";
import type { Write, WriteQueue } from "./queue.ts";

/**
 * Writes of issues. Each shows in everything that watches the issue before the server has answered, and resolves with
 * what the server made of it. While nobody answers, it waits, in order; it rejects with the server's `Refusal`, and what
 * it showed is gone.
 */
export interface IssueWrites {
  report(issue: NewIssue): Promise<Issue>;
  update(id: string, change: UpdateIssue): Promise<Issue>;
  /** A move of the workflow: start, hold, resolve, close or reopen. */
  move(id: string, move: MoveName, comment?: string): Promise<Issue>;
  /** Null unassigns. */
  assign(id: string, assigneeId: string | null): Promise<Issue>;
  /** Resolves a duplicate in favour of another issue. */
  merge(id: string, into: string): Promise<Issue>;
  comment(id: string, text: string): Promise<Issue>;
  remove(id: string): Promise<void>;
}

export interface WritesDeps {
  readonly queue: WriteQueue;
  readonly cache: IssueCache;
  readonly clock: Clock;
  readonly member: () => Promise<Principal>;
  /** The campus of a building, where that is known. */
  readonly campusOf: (buildingId: string) => string | undefined;
}

export function createWrites(deps: WritesDeps): IssueWrites {
  const { queue, clock } = deps;
  const now = () => new Date(clock.now()).toISOString();
  /** A write of an issue that exists. */
  const change = async (write: Omit<Write, "apply">, apply: (issue: Issue) => Issue) => {
    const applied = { ...write, apply: (issue: Issue | undefined) => issue && apply(issue) };
    return (await queue.add(applied, newKey())) as Issue;
  };
  return {
    report: (issue) => report(deps, issue),
    update(id, fields) {
      const time = now();
      const isIn = ({ issue, changed }: Activity) =>
        changed.length > 0 &&
        Object.entries(fields).every(([name, value]) => isSame(issue[name as keyof Issue], value));
      const send = (api: Pick<Api, "issues">) => api.issues.update(id, fields);
      return change({ kind: "update", issueId: id, send, isIn }, (issue) => updated(issue, fields, time));
    },
    move(id, move, comment) {
      const time = now();
      const isIn = ({ issue, changed }: Activity) =>
        changed.includes("status") && issue.status === moves[move].to;
      const send = (api: Pick<Api, "issues">) => api.issues.move(id, move, comment);
      return change({ kind: "move", issueId: id, send, isIn }, (issue) => moved(issue, move, time));
    },
    assign(id, assigneeId) {
      const time = now();
      const isIn = ({ issue, changed }: Activity) =>
        changed.includes("assigneeId") && issue.assigneeId === assigneeId;
      const send = (api: Pick<Api, "issues">) => api.issues.assign(id, assigneeId);
      return change({ kind: "assign", issueId: id, send, isIn }, (issue) =>
        assigned(issue, assigneeId, time),
      );
    },
    merge(id, into) {
      const time = now();
      const send = (api: Pick<Api, "issues">) => api.issues.merge(id, into);
      return change({ kind: "merge", issueId: id, send }, (issue) => merged(issue, into, time));
    },
    comment(id, text) {
      const isIn = ({ comment }: Activity) => comment === text.trim();
      const send = (api: Pick<Api, "issues">) => api.issues.comment(id, text);
      return change({ kind: "comment", issueId: id, send, isIn }, (issue) => issue);
    },
    async remove(id) {
      const isIn = ({ events }: Activity) => events.includes("issue:deleted");
      const send = async (api: Pick<Api, "issues">) => {
        await api.issues.remove(id);
        return undefined;
      };
      await queue.add({ kind: "remove", issueId: id, send, isIn, apply: () => undefined }, newKey());
    },
  };
}

/** The id follows from the key, so that the issue that is shown at once is the one that the server will tell of. */
async function report({ queue, clock, member, campusOf }: WritesDeps, issue: NewIssue): Promise<Issue> {
  const author = await member();
  const key = newKey();
  const id = await reportId(author, key);
  const time = new Date(clock.now()).toISOString();
  const shown: Issue = {
    ...issue,
    id,
    organizationId: author.organizationId,
    campusId: campusOf(issue.buildingId) ?? "",
    description: issue.description ?? "",
    status: "open",
    reporterId: author.uid,
    assigneeId: null,
    dueAt: dueAt(time, issue.severity),
    createdAt: time,
    updatedAt: time,
    resolvedAt: null,
    version: 1,
  };
  const write: Write = {
    kind: "report",
    issueId: id,
    // The server's own, or a newer version of it, is the better one.
    apply: (known) => known ?? shown,
    send: (api) => api.issues.create(issue, { key }),
  };
  return (await queue.add(write, key)) as Issue;
}

/** Whether the server has what was sent: it takes the space around text away. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === "string" && typeof b === "string") return a.trim() === b.trim();
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return (a ?? null) === (b ?? null);
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])] as never[];
  return names.every((name) => isSame(a[name], b[name]));
}
