import { countIssues, type Issue, paths, redisKeys } from "@faultline/contract";
import { FieldValue, Timestamp } from "firebase-admin/firestore";
import { describe, expect, it } from "vitest";
import { report, startApi } from "../../test/api.ts";
import { activityOf, cellOf, document, firestore } from "../../test/firestore.ts";
import { connect, logOf, storyOf } from "../../test/log.ts";
import { organization } from "../../test/organization.ts";

const api = await startApi();
const { ask, runtime } = api;
const redis = connect();

type Fields = FirebaseFirestore.DocumentData;

/** One issue's document in an organization of its own, and the trigger's calls that its writes give. */
const arrange = async (id = "foreign") => {
  const { id: organizationId } = await organization();
  const ref = firestore().doc(`${paths.issues(organizationId)}/${id}`);
  const read = async (): Promise<Fields | undefined> => (await ref.get()).data();
  /** Writes past the API, and gives the call of the trigger that follows. */
  const write = async (change: () => Promise<unknown>) => {
    const before = await read();
    await change();
    const after = await read();
    return () => runtime.issueTrigger({ organizationId, issueId: id, before, after });
  };
  return {
    organizationId,
    ref,
    write,
    story: () => storyOf(redis, organizationId),
    history: () => activityOf(organizationId, id),
    issue: async () => (await document(ref.path)) as Issue | undefined,
    cell: (building: string) => cellOf(organizationId, building),
  };
};

const minimal = { buildingId: "library", title: "From the console", category: "hvac", severity: "medium" };

describe("a write of the API", () => {
  it("is published by the trigger when the fast path was not, and only once", async () => {
    const { id: organizationId } = await organization();
    const as = { organizationId };
    const { body } = await ask("POST", "/api/issues", { as, body: report });
    await redis.del(redisKeys.log(organizationId), redisKeys.published(organizationId, `issue:${body.id}`));
    const written = { organizationId, issueId: body.id, before: undefined, after: body };
    await Promise.all([runtime.issueTrigger(written), runtime.issueTrigger(written)]);
    await runtime.issueTrigger(written);
    const [entry, ...more] = await logOf(redis, organizationId);
    expect(more).toEqual([]);
    expect(entry?.event).toMatchObject({ type: "issue:created", version: 1, data: { issue: body } });
    expect(entry?.cells).toEqual([await cellOf(organizationId, "library")]);
  });

  it("is not adopted, whichever write of it is told of last", async () => {
    const { id: organizationId } = await organization();
    const as = { organizationId };
    const created = (await ask("POST", "/api/issues", { as, body: report })).body;
    const changed = (await ask("PATCH", `/api/issues/${created.id}`, { as, body: { title: "B" } })).body;
    await ask("DELETE", `/api/issues/${created.id}`, { as });
    const issueId = created.id;
    await runtime.issueTrigger({ organizationId, issueId, before: changed, after: undefined });
    await runtime.issueTrigger({ organizationId, issueId, before: created, after: changed });
    await runtime.issueTrigger({ organizationId, issueId, before: undefined, after: created });
    expect(await storyOf(redis, organizationId)).toEqual([
      "issue:created 1",
      "issue:updated 2",
      "issue:deleted 3",
    ]);
    expect(await activityOf(organizationId, issueId)).toHaveLength(3);
  });
});

describe("an issue created past the API", () => {
  it("gets what it lacks, a version, a history, its place in the cell, and is published", async () => {
    const { write, ref, organizationId, issue, history, cell, story } = await arrange();
    const trigger = await write(() => ref.set(minimal));
    await trigger();
    const adopted = await issue();
    expect(adopted).toMatchObject({
      ...minimal,
      id: "foreign",
      organizationId,
      campusId: "north",
      description: "",
      status: "open",
      reporterId: "unknown",
      assigneeId: null,
      resolvedAt: null,
      version: 1,
    });
    expect(Date.parse(adopted?.dueAt ?? "") - Date.parse(adopted?.createdAt ?? "")).toBe(72 * 3_600_000);
    expect((await ref.get()).get("createdAt")).toBeInstanceOf(Timestamp);
    expect(await history()).toMatchObject([
      { version: 1, actor: { uid: null }, events: ["issue:created"], issue: adopted },
    ]);
    expect(await cell("library")).toMatchObject({ weight: 3, byStatus: { open: 1 }, version: 1 });
    expect(await story()).toEqual(["issue:created 1"]);
    expect((await ask("GET", "/api/issues/foreign", { as: { organizationId } })).body).toEqual(adopted);
  });

  it("keeps what its writer said, and times written as text become times", async () => {
    const { write, ref, issue } = await arrange();
    const own = {
      ...minimal,
      status: "resolved",
      reporterId: "rita",
      createdAt: "2026-01-01T08:00:00Z",
      resolvedAt: "2026-01-02T08:00:00Z",
      version: 7,
    };
    await (await write(() => ref.set(own)))();
    expect(await issue()).toMatchObject({
      status: "resolved",
      reporterId: "rita",
      createdAt: "2026-01-01T08:00:00.000Z",
      resolvedAt: "2026-01-02T08:00:00.000Z",
      version: 8,
    });
    expect((await ref.get()).get("resolvedAt")).toBeInstanceOf(Timestamp);
  });

  it("is adopted once, however often and in parallel the trigger is called", async () => {
    const { write, ref, history, cell, story, issue } = await arrange();
    const trigger = await write(() => ref.set(minimal));
    await Promise.all([trigger(), trigger(), trigger()]);
    await trigger();
    expect(await history()).toHaveLength(1);
    expect(await issue()).toMatchObject({ version: 1 });
    expect(await cell("library")).toMatchObject({ weight: 3, byStatus: { open: 1 } });
    expect(await story()).toEqual(["issue:created 1"]);
  });

  it("does not make the trigger write again when told of its own write", async () => {
    const { write, ref, history, issue } = await arrange();
    const foreign = await write(() => ref.set(minimal));
    const own = await write(foreign);
    const adopted = await issue();
    await own();
    expect(await issue()).toEqual(adopted);
    expect(await history()).toHaveLength(1);
  });
});

describe("an issue changed past the API", () => {
  const adopted = async () => {
    const arranged = await arrange();
    await (await arranged.write(() => arranged.ref.set(minimal)))();
    return arranged;
  };

  it("gets the next version, and what changed is told", async () => {
    const { write, ref, history, issue, cell, story } = await adopted();
    await (await write(() => ref.update({ severity: "critical", assigneeId: "tess" })))();
    expect(await issue()).toMatchObject({ severity: "critical", assigneeId: "tess", version: 2 });
    const [, second] = await history();
    expect(second).toMatchObject({ events: ["issue:updated", "issue:assigned"], actor: { uid: null } });
    expect(second?.changed.toSorted()).toEqual(["assigneeId", "dueAt", "severity"]);
    expect(await cell("library")).toMatchObject({ weight: 15, bySeverity: { medium: 0, critical: 1 } });
    expect(await story()).toEqual(["issue:created 1", "issue:updated 2", "issue:assigned 2"]);
  });

  it("takes its count along when it moves to another building", async () => {
    const { write, ref, issue, cell, organizationId } = await adopted();
    await (await write(() => ref.update({ buildingId: "pier" })))();
    expect(await issue()).toMatchObject({ buildingId: "pier", campusId: "harbor", version: 2 });
    expect(await cell("library")).toMatchObject({ weight: 0, byStatus: { open: 0 } });
    expect(await cell("pier")).toMatchObject({ weight: 3, byStatus: { open: 1 }, campusId: "harbor" });
    const told = (await logOf(redis, organizationId)).at(-1)?.cells.map(({ buildingId }) => buildingId);
    expect(told?.toSorted()).toEqual(["library", "pier"]);
  });

  it("and by the API before the trigger came keeps both, and the right count is told", async () => {
    const { write, ref, issue, cell, organizationId, history } = await adopted();
    const trigger = await write(() => ref.update({ severity: "low" }));
    await ask("PATCH", "/api/issues/foreign", { as: { organizationId }, body: { title: "By the API" } });
    await trigger();
    await trigger();
    const now = await issue();
    expect(now).toMatchObject({ severity: "low", title: "By the API", version: 3 });
    expect(await history()).toMatchObject([
      {},
      { actor: { uid: "ada" } },
      { actor: { uid: null }, changed: [] },
    ]);
    expect(await cell("library")).toMatchObject(countIssues(now ? [now] : []));
    expect((await logOf(redis, organizationId)).at(-1)?.cells).toEqual([await cell("library")]);
  });

  it("twice before the trigger came is adopted as one change", async () => {
    const { write, ref, issue, history, story } = await adopted();
    const first = await write(() => ref.update({ title: "One" }));
    const second = await write(() => ref.update({ title: "Two" }));
    await second();
    await first();
    expect(await issue()).toMatchObject({ title: "Two", version: 2 });
    expect(await history()).toHaveLength(2);
    expect(await story()).toEqual(["issue:created 1", "issue:updated 2"]);
  });

  it("so that a field is missing gets it back", async () => {
    const { write, ref, issue, organizationId } = await adopted();
    await (await write(() => ref.update({ description: FieldValue.delete() })))();
    expect(await issue()).toMatchObject({ description: "", version: 2 });
    expect((await ask("GET", "/api/issues/foreign", { as: { organizationId } })).status).toBe(200);
  });

  it("to a version that was, makes the API ask to try again until the trigger has come", async () => {
    const { write, ref, organizationId } = await adopted();
    await (await write(() => ref.update({ title: "B" })))();
    const trigger = await write(() => ref.update({ version: 1 }));
    const patch = () => ask("PATCH", "/api/issues/foreign", { as: { organizationId }, body: { title: "C" } });
    expect(await patch()).toMatchObject({ status: 409, body: { reason: "contended", retry: true } });
    await trigger();
    expect(await patch()).toMatchObject({ status: 200, body: { version: 4 } });
  });

  it("to a lower version goes on from the highest there was", async () => {
    const { write, ref, issue } = await adopted();
    await (await write(() => ref.update({ title: "B" })))();
    await (await write(() => ref.update({ title: "C", version: 1 })))();
    expect(await issue()).toMatchObject({ title: "C", version: 3 });
  });

  it("into something that is no issue is dropped and no longer counted", async () => {
    const { write, ref, history, cell, story } = await adopted();
    await (await write(() => ref.update({ severity: "apocalyptic" })))();
    expect((await ref.get()).get("version")).toBe(1);
    expect(await history()).toHaveLength(1);
    expect(await cell("library")).toMatchObject({ weight: 0 });
    expect(await story()).toEqual(["issue:created 1"]);
    await (await write(() => ref.update({ severity: "low" })))();
    expect(await cell("library")).toMatchObject({ weight: 1 });
    expect(await story()).toEqual(["issue:created 1", "issue:updated 2"]);
  });
});

describe("an issue deleted past the API", () => {
  it("is told of and no longer counted, however often the trigger is called", async () => {
    const { write, ref, history, cell, story } = await arrange();
    await (await write(() => ref.set(minimal)))();
    const trigger = await write(() => ref.delete());
    await Promise.all([trigger(), trigger()]);
    await trigger();
    expect(await history()).toMatchObject([
      { version: 1 },
      { version: 2, events: ["issue:deleted"], actor: { uid: null } },
    ]);
    expect(await cell("library")).toMatchObject({ weight: 0, byStatus: { open: 0 } });
    expect(await story()).toEqual(["issue:created 1", "issue:deleted 2"]);
  });

  it("goes on with its versions when it is put back", async () => {
    const { write, ref, issue, story, cell } = await arrange();
    await (await write(() => ref.set(minimal)))();
    const copy = (await ref.get()).data() ?? {};
    await (await write(() => ref.delete()))();
    await (await write(() => ref.set({ ...copy, version: 3 })))();
    expect(await issue()).toMatchObject({ version: 4 });
    expect(await cell("library")).toMatchObject({ weight: 3 });
    expect(await story()).toEqual(["issue:created 1", "issue:deleted 2", "issue:created 4"]);
  });

  it("before anyone knew of it leaves nothing behind", async () => {
    const { write, ref, history, cell, story } = await arrange();
    const created = await write(() => ref.set(minimal));
    const deleted = await write(() => ref.delete());
    await created();
    await deleted();
    expect(await history()).toEqual([]);
    expect(await cell("library")).toBeUndefined();
    expect(await story()).toEqual([]);
  });
});

describe("a document that can't become an issue", () => {
  it("is left as it is, whatever is wrong with it", async () => {
    const wrong: readonly Fields[] = [
      {},
      { ...minimal, buildingId: "castle" },
      { ...minimal, buildingId: 7 },
      { ...minimal, title: "" },
      { ...minimal, category: "magic" },
      { ...minimal, createdAt: "yesterday" },
      { ...minimal, location: { lat: 200, lng: 0 } },
      { ...minimal, version: Number.MAX_SAFE_INTEGER },
    ];
    for (const fields of wrong) {
      const { write, ref, history, story } = await arrange();
      await (await write(() => ref.set(fields)))();
      expect((await ref.get()).data()).toEqual(fields);
      expect(await history()).toEqual([]);
      expect(await story()).toEqual([]);
    }
  });
});
