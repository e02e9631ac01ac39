import { randomUUID } from "node:crypto";
import {
  type ErrorBody,
  type Issue,
  type MemberChange,
  memberChangeSeconds,
  paths,
  redisKeys,
} from "@faultline/contract";
import { describe, expect, inject, it } from "vitest";
import { report } from "../test/api.ts";
import { everything, firestore } from "../test/firestore.ts";
import { startFramework } from "../test/framework.ts";
import { connect, logOf, storyOf } from "../test/log.ts";
import { organization } from "../test/organization.ts";
import { idToken, type TokenOptions } from "../test/token.ts";

const { functions, url } = await startFramework("createIssue");
const { id: organizationId } = await organization();
const redis = connect();

const tokenOf = (as: Partial<TokenOptions> = {}) =>
  idToken({ projectId: inject("projectId"), organizationId, role: "admin", uid: "ada", ...as });

interface Answer<T> {
  readonly status: number;
  readonly result: T;
  readonly error: { readonly status: string; readonly message: string; readonly details: ErrorBody };
}

/** Calls a callable as the Firebase SDK does. */
const call = async <T = Issue>(
  name: string,
  data: unknown,
  as?: Partial<TokenOptions> | null,
): Promise<Answer<T>> => {
  const headers = { "Content-Type": "application/json" };
  const authorization = as === null ? {} : { Authorization: `Bearer ${tokenOf(as)}` };
  const response = await fetch(`${url}/${name}`, {
    method: "POST",
    headers: { ...headers, ...authorization },
    body: JSON.stringify({ data }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer<T>, "status">) };
};

describe("the functions", () => {
  it("are these, with retried triggers, and every one that publishes has Redis", () => {
    const names = Object.keys(functions).sort();
    expect(names).toEqual([
      "api",
      "assignIssue",
      "commentOnIssue",
      "createIssue",
      "deleteIssue",
      "getIssue",
      "listIssues",
      "onAlertWritten",
      "onIssueWritten",
      "onMemberWritten",
      "reconcileLog",
      "resolveIssue",
      "updateIssue",
    ]);
    for (const { __endpoint } of Object.values(functions)) {
      expect(__endpoint.secretEnvironmentVariables).toEqual([{ key: "REDIS_URL" }]);
      expect(__endpoint.concurrency).toBe(80);
    }
    const { onIssueWritten, onAlertWritten, onMemberWritten } = functions;
    for (const { __endpoint } of [onIssueWritten, onAlertWritten, onMemberWritten])
      expect(__endpoint.eventTrigger).toMatchObject({ retry: true });
    const { scheduleTrigger, maxInstances } = functions.reconcileLog.__endpoint;
    expect([scheduleTrigger?.schedule, maxInstances]).toEqual(["every 10 minutes", 1]);
    for (const { __endpoint } of [functions.createIssue, functions.listIssues])
      expect(__endpoint.callableTrigger).toEqual({});
  });
});

describe("the callables", () => {
  it("do what the routes do", async () => {
    const { result: created } = await call("createIssue", { ...report, idempotencyKey: "k1" });
    expect(created).toMatchObject({ ...report, version: 1, reporterId: "ada" });
    expect((await call("createIssue", { ...report, idempotencyKey: "k1" })).result).toEqual(created);
    const { id } = created;
    const { result: updated } = await call("updateIssue", { id, title: "Flood", ifMatch: 1 });
    expect(updated).toMatchObject({ title: "Flood", version: 2 });
    expect((await call("assignIssue", { id, assigneeId: "tess" })).result.assigneeId).toBe("tess");
    expect((await call("commentOnIssue", { id, text: "Hello" })).result.version).toBe(4);
    const { result: resolved } = await call("resolveIssue", { id, resolution: "Dry" });
    expect(resolved).toMatchObject({ status: "resolved", version: 5 });
    expect((await call("getIssue", { id })).result).toEqual(resolved);
    const list = await call<{ items: Issue[] }>("listIssues", { status: ["resolved"], limit: 10 });
    expect(list.result.items).toEqual([resolved]);
    expect((await call<null>("deleteIssue", { id })).result).toBeNull();
    expect((await call("getIssue", { id })).error.details.reason).toBe("issue-unknown");
    const story = (await storyOf(redis, organizationId)).slice(-5);
    expect(story).toEqual([
      "issue:updated 2",
      "issue:assigned 3",
      "issue:commented 4",
      "issue:resolved 5",
      "issue:deleted 6",
    ]);
  });

  it("refuse with the code of the route and an error body as details", async () => {
    const { result } = await call("createIssue", report);
    const { id } = result;
    const before = await everything(organizationId);
    const refused: readonly (readonly [
      string,
      unknown,
      Partial<ErrorBody>,
      (Partial<TokenOptions> | null)?,
    ])[] = [
      ["getIssue", { id }, { reason: "token-missing", status: 401 }, null],
      ["getIssue", { id }, { reason: "token-expired" }, { expires: "1 minute ago" }],
      ["getIssue", { id }, { reason: "token-invalid" }, { projectId: "other" }],
      ["getIssue", { id }, { reason: "organization-missing" }, { organizationId: undefined }],
      ["getIssue", { id: "a/b" }, { reason: "body-invalid", field: "id" }],
      ["getIssue", null, { reason: "body-invalid", field: "body" }],
      ["createIssue", { ...report, title: 1 }, { reason: "body-invalid", field: "title" }],
      ["createIssue", { ...report, color: 1 }, { reason: "body-invalid", field: "color" }],
      ["createIssue", { ...report, idempotencyKey: "" }, { reason: "body-invalid", field: "idempotencyKey" }],
      [
        "createIssue",
        { ...report, description: "x".repeat(70_000) },
        { reason: "body-too-large", field: "body" },
      ],
      ["updateIssue", { id }, { reason: "body-invalid", field: "body" }],
      ["updateIssue", { id, title: "X", ifMatch: 7 }, { reason: "version-stale", status: 412 }],
      ["assignIssue", { id, assigneeId: "mallory" }, { reason: "member-unknown", field: "assigneeId" }],
      ["commentOnIssue", { id, text: "" }, { reason: "body-invalid", field: "text" }],
      ["listIssues", { status: "gone" }, { reason: "query-invalid", field: "status" }],
      ["deleteIssue", { id }, { reason: "permission-missing", status: 403 }, { role: "manager" }],
    ];
    for (const [name, data, expected, as] of refused) {
      const { error } = await call(name, data, as);
      expect(error.details, `${name} ${JSON.stringify(expected)}`).toMatchObject(expected);
      expect(error.message).toBe(error.details.message);
    }
    expect(await everything(organizationId)).toEqual(before);
  });

  it("refuse a token that a change of its member has outdated", async () => {
    const uid = `u-${randomUUID()}`;
    const change: MemberChange = { uid, organizationId, claims: null, at: new Date().toISOString() };
    await redis.set(redisKeys.memberChange(uid), JSON.stringify(change), "EX", memberChangeSeconds);
    const { error } = await call("listIssues", {}, { uid });
    expect(error.details).toMatchObject({ reason: "token-outdated", status: 401, field: "token" });
  });

  it("take a token only from the header that it belongs in", async () => {
    const response = await fetch(`${url}/listIssues`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Faultline-Authorization": `Bearer ${tokenOf()}` },
      body: JSON.stringify({ data: {} }),
    });
    expect(response.status).toBe(401);
  });
});

describe("the triggers", () => {
  const ref = (path: string) => firestore().doc(path);

  it("adopt and publish a write past the API", async () => {
    const document = ref(`${paths.issues(organizationId)}/console`);
    const before = await document.get();
    await document.set({ buildingId: "gym", title: "By hand", category: "other", severity: "low" });
    const after = await document.get();
    await functions.onIssueWritten.run({
      params: { organizationId, issueId: "console" },
      data: { before, after },
    } as never);
    expect((await document.get()).data()).toMatchObject({ version: 1, title: "By hand" });
    const told = (await logOf(redis, organizationId)).filter(
      ({ event }) => event.data && "issue" in event.data,
    );
    expect(told.at(-1)?.event).toMatchObject({ type: "issue:created", data: { actor: { uid: null } } });
  });

  it("publish an alert, its change and its end, each once", async () => {
    const { id: elsewhere } = await organization();
    const document = ref(`${paths.alerts(elsewhere)}/lift`);
    const time = "2026-11-23T08:00:00.000Z";
    const write = async (id: string, change: () => Promise<unknown>) => {
      const before = await document.get();
      await change();
      const data = { before, after: await document.get() };
      const event = { params: { organizationId: elsewhere, alertId: "lift" }, data, id, time };
      await functions.onAlertWritten.run(event as never);
      await functions.onAlertWritten.run(event as never);
    };
    const alert = { campusId: "north", buildingId: "gym", message: "Lift stands still", severity: "high" };
    await write("e1", () => document.set(alert));
    await write("e2", () => document.update({ message: "Lift is being repaired" }));
    await write("e3", () => document.delete());
    const told = (await logOf(redis, elsewhere)).map(({ event }) => event);
    const common = { ...alert, id: "lift", organizationId: elsewhere, endsAt: null, createdBy: null };
    expect(told).toMatchObject([
      { type: "maintenance:alert", time, data: { alert: { ...common, cancelledAt: null } } },
      { data: { alert: { message: "Lift is being repaired", cancelledAt: null } } },
      { data: { alert: { message: "Lift is being repaired", cancelledAt: time } } },
    ]);
    expect(told).toHaveLength(3);
  });

  it("publish an alert for a whole campus to each of its buildings", async () => {
    const { id: elsewhere } = await organization();
    const document = ref(`${paths.alerts(elsewhere)}/storm`);
    const before = await document.get();
    await document.set({ campusId: "north", message: "Storm", severity: "high" });
    const data = { before, after: await document.get() };
    const params = { organizationId: elsewhere, alertId: "storm" };
    await functions.onAlertWritten.run({ params, data, id: "e", time: "2026-11-23T08:00:00Z" } as never);
    const [entry, ...more] = await logOf(redis, elsewhere);
    expect(more).toEqual([]);
    expect(entry?.event).toMatchObject({ campusId: "north", data: { alert: { buildingId: null } } });
    expect(entry?.event).not.toHaveProperty("buildingIds");
    expect(entry?.buildingIds?.toSorted()).toEqual(["gym", "library"]);
  });

  it("drop an alert that is none", async () => {
    const { id: elsewhere } = await organization();
    const document = ref(`${paths.alerts(elsewhere)}/odd`);
    const before = await document.get();
    await document.set({ campusId: "north", message: "", severity: "high" });
    const data = { before, after: await document.get() };
    const params = { organizationId: elsewhere, alertId: "odd" };
    await functions.onAlertWritten.run({ params, data, id: "e", time: "2026-11-23T08:00:00Z" } as never);
    expect(await logOf(redis, elsewhere)).toEqual([]);
  });
});
