/** What people do to issues. Each shows at once; what the server refuses is told and taken back. */
import type { NewIssue, PendingWrite } from "@faultline/client";
import { useFaultline } from "@faultline/client/react";
import type { Issue, MoveName, UpdateIssue } from "@faultline/contract";
import { useMemo } from "react";
import { routes } from "../app/routes.ts";
import { notify } from "../notices/notices.ts";
import { text } from "../text/index.ts";
import { explain } from "./explain.ts";

export interface Commands {
  readonly create: (issue: NewIssue) => void;
  readonly update: (issue: Issue, change: UpdateIssue) => void;
  readonly move: (issue: Issue, move: MoveName, comment?: string) => void;
  readonly assign: (issue: Issue, assigneeId: string | null) => void;
  readonly comment: (issue: Issue, words: string) => void;
  readonly remove: (issue: Issue) => void;
}

export function useCommands(): Commands {
  const { issues, connection } = useFaultline();
  return useMemo(
    () => ({
      create(issue) {
        const { title } = issue;
        if (connection.getSnapshot().phase === "offline") tellQueued(title);
        tellOutcome(issues.report(issue), title, ({ id }) => tellReported(id, title));
      },
      update: (issue, change) => tellOutcome(issues.update(issue.id, change), issue.title),
      move: (issue, move, comment) => tellOutcome(issues.move(issue.id, move, comment), issue.title),
      assign: (issue, assigneeId) => tellOutcome(issues.assign(issue.id, assigneeId), issue.title),
      comment: (issue, words) => tellOutcome(issues.comment(issue.id, words), issue.title),
      remove: (issue) => tellOutcome(issues.remove(issue.id), issue.title),
    }),
    [issues, connection],
  );
}

/** Tells of a write from before a reload, whose words are gone. */
export function tellLateRefusal({ kind, issueId }: PendingWrite, error: unknown): void {
  const href = kind === "report" ? {} : { href: routes.board(issueId) };
  tellRefused(text.notices.earlier[kind], error, href);
}

function tellOutcome<T>(outcome: Promise<T>, title: string, onDone?: (value: T) => void): void {
  outcome.then(onDone, (error: unknown) => tellRefused(title, error));
}

function tellRefused(what: string, error: unknown, where: { readonly href?: string } = {}): void {
  const told = { title: text.notices.notSent(what), detail: explain(error), ...where };
  notify({ key: `refused:${what}`, tone: "high", ...told });
}

function tellReported(id: string, title: string): void {
  notify({
    key: `done:${id}`,
    tone: "plain",
    title: text.report.done(title),
    detail: "",
    href: routes.board(id),
  });
}

function tellQueued(title: string): void {
  notify({ key: `queued:${title}`, tone: "plain", title: text.report.queued(title), detail: "" });
}
