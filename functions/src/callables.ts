/** The callable twins of the REST routes: the same schemas, service and errors. */
import {
  assignIssueSchema,
  commentSchema,
  createIssueSchema,
  idSchema,
  listIssuesSchema,
  type Principal,
  parse,
  resolveIssueSchema,
  toFaultlineError,
  updateIssueSchema,
} from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import { type CallableRequest, HttpsError } from "firebase-functions/https";
import { z } from "zod";
import { bearerToken } from "./http/bearer.ts";
import { assertBodySize, bodyLimit } from "./http/body.ts";
import { log } from "./log.ts";
import { idempotencyKeySchema, type Service } from "./service/index.ts";
import { withTrace } from "./trace.ts";

export interface CallableDeps {
  readonly service: Service;
  readonly verify: Verifier;
  /** Whether changes carry the trace of the call that made them. */
  readonly isTraced: boolean;
}

type Operation = (service: Service, principal: Principal, data: unknown) => Promise<unknown>;

const issueRefSchema = z.strictObject({ id: idSchema });
const editSchema = z.looseObject({ id: idSchema, ifMatch: z.int().min(1).optional() });

/** Each takes its argument as sent, and gives what the REST route answers; `deleteIssue` gives null. */
export const operations = {
  createIssue: ({ issues }, principal, data) => {
    const { idempotencyKey, ...issue } = parse(
      z.looseObject({ idempotencyKey: idempotencyKeySchema.optional() }),
      data,
    );
    return issues.create(principal, parse(createIssueSchema, issue), idempotencyKey);
  },
  updateIssue: ({ issues }, principal, data) => {
    const { id, ifMatch, ...change } = parse(editSchema, data);
    const condition = ifMatch === undefined ? {} : { ifMatch: [ifMatch] };
    return issues.update(principal, id, parse(updateIssueSchema, change), condition);
  },
  resolveIssue: ({ issues }, principal, data) => {
    const { id, resolution } = parse(resolveIssueSchema.extend(issueRefSchema.shape), data);
    return issues.move(principal, id, { name: "resolve", comment: resolution });
  },
  assignIssue: ({ issues }, principal, data) => {
    const { id, assigneeId } = parse(assignIssueSchema.extend(issueRefSchema.shape), data);
    return issues.assign(principal, id, assigneeId);
  },
  deleteIssue: async ({ issues }, principal, data) => {
    await issues.remove(principal, parse(issueRefSchema, data).id);
    return null;
  },
  getIssue: ({ issues }, principal, data) => issues.get(principal, parse(issueRefSchema, data).id),
  listIssues: ({ issues }, principal, data) =>
    issues.list(principal, parse(listIssuesSchema, data ?? {}, "query-invalid")),
  commentOnIssue: ({ issues }, principal, data) => {
    const { id, text } = parse(commentSchema.extend(issueRefSchema.shape), data);
    return issues.comment(principal, id, text);
  },
} as const satisfies Record<string, Operation>;

export type CallableName = keyof typeof operations;

/** Where the token waits for our verifier, see `index.ts`. */
export const tokenHeader = "x-faultline-authorization";

/** The handler of a callable; every error leaves as an `HttpsError` whose details are an `ErrorBody`. */
export function createCallable(name: CallableName, deps: () => CallableDeps) {
  return async (request: CallableRequest<unknown>): Promise<unknown> => {
    try {
      const { service, verify, isTraced } = deps();
      assertBodySize(request.rawRequest.rawBody?.length ?? 0, bodyLimit);
      const principal = await verify(bearerToken(request.rawRequest.get(tokenHeader)));
      const trace = isTraced ? request.rawRequest.get("traceparent") : undefined;
      return await withTrace(trace, () => operations[name](service, principal, request.data));
    } catch (thrown) {
      throw toHttpsError(thrown, name);
    }
  };
}

function toHttpsError(thrown: unknown, callable: CallableName): HttpsError {
  const error = toFaultlineError(thrown);
  if (error.status >= 500) log("ERROR", "request failed", { callable, reason: error.reason }, error);
  return new HttpsError(error.code, error.message, error.toBody());
}
