import { countIssues, type Issue } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { report, startApi } from "../../test/api.ts";
import { activityOf, cellOf, everything, firestore } from "../../test/firestore.ts";

const api = await startApi();
const { ask, organizationId } = api;

const create = (key: string, body: object = report, uid = "ada") =>
  ask("POST", "/api/issues", { body, as: { uid }, headers: { "Idempotency-Key": key } });

describe("Idempotency-Key", () => {
  it("gives the first answer again, even after the issue has changed or is gone", async () => {
    const first = await create("again");
    await ask("PATCH", `/api/issues/${first.body.id}`, { body: { title: "Changed" } });
    const second = await create("again");
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers.get("Location")).toBe(first.headers.get("Location"));
    await ask("DELETE", `/api/issues/${first.body.id}`);
    expect(await create("again")).toMatchObject({ status: 201, body: first.body });
    expect((await ask("GET", `/api/issues/${first.body.id}`)).status).toBe(404);
  });

  it("makes one issue of ten requests at the same time", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => create("ten", { ...report, title: "Ten" })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
    const found = await firestore()
      .collection(`organizations/${organizationId}/issues`)
      .where("title", "==", "Ten")
      .get();
    expect(found.size).toBe(1);
    expect(await activityOf(organizationId, answers[0]?.body.id)).toHaveLength(1);
  });

  it("is refused for a different request", async () => {
    await create("other");
    const before = await everything(organizationId);
    for (const change of [{ title: "Else" }, { severity: "low" }, { location: { lat: 1, lng: 1 } }]) {
      const { status, body } = await create("other", { ...report, ...change });
      expect(status).toBe(409);
      expect(body).toMatchObject({ reason: "key-reused", field: "Idempotency-Key" });
    }
    expect(await everything(organizationId)).toEqual(before);
  });

  it("belongs to one user", async () => {
    const mine = await create("mine");
    const theirs = await create("mine", report, "max");
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });
});

describe("many writers at the same time", () => {
  it("keep version, history and cell exact", async () => {
    const { id } = await api.report({ buildingId: "pier" });
    const severities = ["low", "medium", "high", "critical"];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask("PATCH", `/api/issues/${id}`, {
          body: { title: `Title ${index}`, severity: severities[index % 4] },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const versions = answers.map(({ body }) => body.version as number).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 2));
    expect((await activityOf(organizationId, id)).map(({ version }) => version)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
    const { body } = await ask("GET", `/api/issues/${id}`);
    expect(await cellOf(organizationId, "pier")).toMatchObject(countIssues([body as Issue]));
  });

  it("of different issues in one building share its cell without losing a count", async () => {
    const issues = await Promise.all(
      Array.from({ length: 15 }, (_, index) =>
        api.report({ buildingId: "gym", severity: index % 2 === 0 ? "low" : "high" }),
      ),
    );
    await Promise.all(issues.slice(0, 5).map(({ id }) => ask("POST", `/api/issues/${id}/resolve`)));
    const { docs } = await firestore()
      .collection(`organizations/${organizationId}/issues`)
      .where("buildingId", "==", "gym")
      .get();
    const left = await Promise.all(docs.map(({ id }) => ask("GET", `/api/issues/${id}`)));
    const tally = countIssues(left.map(({ body }) => body as Issue));
    expect(tally.byStatus).toMatchObject({ open: 10, resolved: 5 });
    expect(await cellOf(organizationId, "gym")).toMatchObject({ ...tally, version: 20 });
  });
});
