/** What people do to issues: shown at once, and sent as soon as that is possible. */
import type { Issue, MoveName, Principal, UpdateIssue } from "@faultline/contract";
import { dueAt } from "@faultline/contract";
import type { NewIssue } from "../api/api.ts";
import type { Clock } from "../base/clock.ts";
import { newKey } from "../base/key.ts";
import { reportId } from "./id.ts";
import { type Wish, writeOf } from "./intent.ts";
import type { WriteQueue } from "./queue.ts";

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
  readonly clock: Clock;
  readonly member: () => Promise<Principal>;
  /** The campus of a building, where that is known. */
  readonly campusOf: (buildingId: string) => string | undefined;
}

export function createWrites(deps: WritesDeps): IssueWrites {
  const { queue, clock } = deps;
  const add = (issueId: string, wish: Wish, key = newKey()) =>
    queue.add(writeOf({ ...wish, issueId, time: new Date(clock.now()).toISOString() }, key), key);
  /** Of an issue that is there afterwards. */
  const change = async (issueId: string, wish: Wish, key?: string) =>
    (await add(issueId, wish, key)) as Issue;
  return {
    async report(issue) {
      const key = newKey();
      const shown = await drafted(deps, issue, key);
      return change(shown.id, { kind: "report", issue, shown }, key);
    },
    update: (id, fields) => change(id, { kind: "update", fields }),
    move: (id, move, comment) => change(id, { kind: "move", move, comment }),
    assign: (id, assigneeId) => change(id, { kind: "assign", assigneeId }),
    merge: (id, into) => change(id, { kind: "merge", into }),
    comment: (id, text) => change(id, { kind: "comment", text }),
    async remove(id) {
      await add(id, { kind: "remove" });
    },
  };
}

/** The id follows from the key, so that the issue that is shown at once is the one that the server will tell of. */
async function drafted(
  { clock, member, campusOf }: WritesDeps,
  issue: NewIssue,
  key: string,
): Promise<Issue> {
  const author = await member();
  const id = await reportId(author, key);
  const time = new Date(clock.now()).toISOString();
  return {
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
}
