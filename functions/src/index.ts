/** The functions. Loading this file does no network work: the Firebase CLI loads it to learn what there is. */
import { assertSafeEnvironment } from "@faultline/identity";
import { onDocumentWritten } from "firebase-functions/firestore";
import {
  type CallableFunction,
  type CallableOptions,
  type HttpsOptions,
  onCall,
  onRequest,
} from "firebase-functions/https";
import { onSchedule } from "firebase-functions/scheduler";
import type { GlobalOptions } from "firebase-functions/v2";
import { type CallableName, createCallable, tokenHeader } from "./callables.ts";
import { secure } from "./http/security.ts";
import { leaveBodiesUnparsed, restoreContentType } from "./http/unparsed.ts";
import { maxInstances, minInstances, redisUrl, region, vpcConnector } from "./params.ts";
import { runtime } from "./runtime.ts";

assertSafeEnvironment(process.env);
// Callables are parsed by the runtime, as their protocol has it; each function has a process of its own.
if (process.env.FUNCTION_TARGET === "api") leaveBodiesUnparsed();

const shared = {
  region,
  maxInstances,
  concurrency: 80,
  memory: "512MiB",
  vpcConnector,
  secrets: [redisUrl],
} satisfies GlobalOptions;
const httpsOptions = { ...shared, timeoutSeconds: 60, invoker: "public" } satisfies HttpsOptions;
const triggerOptions = { ...shared, timeoutSeconds: 120, retry: true } satisfies GlobalOptions & {
  retry: true;
};

/** The REST API. */
export const api = onRequest({ ...httpsOptions, minInstances }, (request, response) => {
  restoreContentType(request);
  runtime().api(request, response);
});

export const createIssue = callable("createIssue");
export const updateIssue = callable("updateIssue");
export const resolveIssue = callable("resolveIssue");
export const assignIssue = callable("assignIssue");
export const deleteIssue = callable("deleteIssue");
export const getIssue = callable("getIssue");
export const listIssues = callable("listIssues");
export const commentOnIssue = callable("commentOnIssue");

/** Publishes what the fast path did not, and adopts writes past the API. */
export const onIssueWritten = onDocumentWritten(
  { ...triggerOptions, document: "organizations/{organizationId}/issues/{issueId}" },
  ({ params, data }) =>
    runtime().issueTrigger({ ...params, before: data?.before.data(), after: data?.after.data() }),
);

/** Publishes maintenance alerts. */
export const onAlertWritten = onDocumentWritten(
  { ...triggerOptions, document: "organizations/{organizationId}/alerts/{alertId}" },
  ({ params, data, id, time }) =>
    runtime().alertTrigger({
      ...params,
      before: data?.before.data(),
      after: data?.after.data(),
      eventId: id,
      time: new Date(time).toISOString(),
    }),
);

/** Gives members the claims that their documents say, and tells the relays, where the API did not. */
export const onMemberWritten = onDocumentWritten(
  { ...triggerOptions, document: "organizations/{organizationId}/members/{uid}" },
  ({ params }) => runtime().memberTrigger(params),
);

/** Publishes what a trigger gave up on. */
export const reconcileLog = onSchedule(
  { ...shared, maxInstances: 1, timeoutSeconds: 300, schedule: "every 10 minutes" },
  async () => {
    await runtime().sweep();
  },
);

/**
 * `onCall` verifies a token by itself and answers a bad one without a reason; it is handed the request without the
 * header, so that there is one verifier and callers learn as much as from the REST API.
 */
function callable(name: CallableName): CallableFunction<unknown, Promise<unknown>> {
  const options: CallableOptions = { ...httpsOptions, cors: true };
  const inner = onCall(options, createCallable(name, runtime));
  const outer: typeof inner = Object.assign(
    (request: Parameters<typeof inner>[0], response: Parameters<typeof inner>[1]) => {
      const { authorization } = request.headers;
      delete request.headers.authorization;
      delete request.headers[tokenHeader];
      if (authorization !== undefined) request.headers[tokenHeader] = authorization;
      secure(request, response);
      response.set("Cache-Control", "no-store");
      return inner(request, response);
    },
    { run: inner.run, stream: inner.stream, __endpoint: inner.__endpoint, __trigger: inner.__trigger },
  );
  return outer;
}
