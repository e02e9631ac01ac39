/** Routes of issues. */
import {
  assignIssueSchema,
  commentSchema,
  createIssueSchema,
  listIssuesSchema,
  mergeIssueSchema,
  moveIssueSchema,
  moveNames,
  parse,
  resolveIssueSchema,
  updateIssueSchema,
} from "@faultline/contract";
import { Router } from "express";
import { idempotencyKeySchema } from "../service/index.ts";
import type { IssueService } from "../service/issues.ts";
import { isKnown, parseIfMatch } from "./condition.ts";
import { type Call, createdReply, type Endpoint, issueReply } from "./endpoint.ts";
import { pageSchema } from "./page.ts";

export function issueRoutes(endpoint: Endpoint, issues: IssueService): Router {
  const router = Router();
  addReads(router, endpoint, issues);
  addWrites(router, endpoint, issues);
  addMoves(router, endpoint, issues);
  return router;
}

function addReads(router: Router, endpoint: Endpoint, issues: IssueService): void {
  router.get(
    "/issues",
    endpoint(async (call) => ({ body: await issues.list(call.principal, call.query(listIssuesSchema)) })),
  );
  router.get(
    "/issues/:id",
    endpoint(async (call) => {
      const issue = await issues.get(call.principal, idOf(call));
      const { body, ...reply } = issueReply(issue);
      return isKnown(call.header("If-None-Match"), issue) ? { ...reply, status: 304 } : { ...reply, body };
    }),
  );
  router.get(
    "/issues/:id/activity",
    endpoint(async (call) => ({
      body: await issues.history(call.principal, idOf(call), call.query(pageSchema)),
    })),
  );
}

function addWrites(router: Router, endpoint: Endpoint, issues: IssueService): void {
  router.post(
    "/issues",
    endpoint(async (call) => {
      const key = idempotencyKey(call);
      const issue = await issues.create(call.principal, await call.body(createIssueSchema), key);
      return createdReply(`/issues/${issue.id}`, issueReply(issue));
    }),
  );
  router.patch(
    "/issues/:id",
    endpoint(async (call) => {
      const change = await call.body(updateIssueSchema);
      return issueReply(await issues.update(call.principal, idOf(call), change, conditionOf(call)));
    }),
  );
  router.delete(
    "/issues/:id",
    endpoint(async (call) => {
      await issues.remove(call.principal, idOf(call), conditionOf(call));
      return {};
    }),
  );
  router.post(
    "/issues/:id/comments",
    endpoint(async (call) => {
      const { text } = await call.body(commentSchema);
      return issueReply(await issues.comment(call.principal, idOf(call), text), 201);
    }),
  );
}

/** Assigning, merging, and every move of the workflow. A resolution is the comment of its move. */
function addMoves(router: Router, endpoint: Endpoint, issues: IssueService): void {
  router.post(
    "/issues/:id/assign",
    endpoint(async (call) => {
      const { assigneeId } = await call.body(assignIssueSchema);
      return issueReply(await issues.assign(call.principal, idOf(call), assigneeId, conditionOf(call)));
    }),
  );
  router.post(
    "/issues/:id/merge",
    endpoint(async (call) => {
      const { into } = await call.body(mergeIssueSchema);
      return issueReply(await issues.merge(call.principal, idOf(call), into, conditionOf(call)));
    }),
  );
  for (const name of moveNames) {
    router.post(
      `/issues/:id/${name}`,
      endpoint(async (call) => {
        const comment =
          name === "resolve"
            ? (await call.body(resolveIssueSchema)).resolution
            : (await call.body(moveIssueSchema)).comment;
        return issueReply(
          await issues.move(call.principal, idOf(call), { name, comment }, conditionOf(call)),
        );
      }),
    );
  }
}

const idOf = (call: Call): string => call.id("issue-unknown");

const conditionOf = (call: Call) => ({ ifMatch: parseIfMatch(call.header("If-Match")) });

function idempotencyKey(call: Call): string | undefined {
  const key = call.header("Idempotency-Key");
  return key === undefined ? key : parse(idempotencyKeySchema, key, "query-invalid", "Idempotency-Key");
}
