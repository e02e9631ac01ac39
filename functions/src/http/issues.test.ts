import { describe, expect, it } from "vitest";
import { report, startApi } from "../../test/api.ts";
import { activityOf, cellOf, document, everything } from "../../test/firestore.ts";

const api = await startApi();
const { ask, organizationId } = api;
const inTheDatabase = (id: string) => document(`organizations/${organizationId}/issues/${id}`);

describe("POST /api/issues", () => {
  it("creates an issue, its history and its building's cell at once", async () => {
    const { status, headers, body } = await ask("POST", "/api/issues", { body: report });
    expect(status).toBe(201);
    expect(headers.get("Location")).toBe(`/api/issues/${body.id}`);
    expect(headers.get("ETag")).toBe('"1"');
    expect(body).toMatchObject({ ...report, organizationId, campusId: "north", status: "open", version: 1 });
    expect(await inTheDatabase(body.id)).toEqual(body);
    expect(await activityOf(organizationId, body.id)).toMatchObject([
      { version: 1, events: ["issue:created"], actor: { uid: "ada" }, issue: body },
    ]);
    expect(await cellOf(organizationId, "library")).toMatchObject({
      version: 1,
      weight: 7,
      byStatus: { open: 1 },
    });
  });

  it("is due by severity and reported by whoever asks", async () => {
    const { body } = await ask("POST", "/api/issues", {
      as: { uid: "rita", role: "reporter" },
      body: { ...report, severity: "critical", location: { lat: 1, lng: 2, room: "12" } },
    });
    expect(body.reporterId).toBe("rita");
    expect(body.location).toEqual({ lat: 1, lng: 2, room: "12" });
    expect(Date.parse(body.dueAt) - Date.parse(body.createdAt)).toBe(4 * 3_600_000);
  });

  it("refuses a building that does not exist", async () => {
    const before = await everything(organizationId);
    const { status, body } = await ask("POST", "/api/issues", { body: { ...report, buildingId: "castle" } });
    expect(status).toBe(404);
    expect(body).toMatchObject({ reason: "building-unknown", field: "buildingId" });
    expect(await everything(organizationId)).toEqual(before);
  });
});

describe("GET /api/issues/:id", () => {
  it("gives the issue with its version as ETag, and 304 to who has that version", async () => {
    const issue = await api.report();
    const first = await ask("GET", `/api/issues/${issue.id}`);
    expect(first).toMatchObject({ status: 200, body: issue });
    expect(first.headers.get("ETag")).toBe('"1"');
    expect(first.headers.get("Cache-Control")).toBe("private, no-cache");
    for (const tag of ['"1"', 'W/"1"', '"0", "1"', "*"]) {
      const again = await ask("GET", `/api/issues/${issue.id}`, { headers: { "If-None-Match": tag } });
      expect(again).toMatchObject({ status: 304, body: undefined });
      expect(again.headers.get("ETag")).toBe('"1"');
    }
    const changed = await ask("GET", `/api/issues/${issue.id}`, { headers: { "If-None-Match": '"2"' } });
    expect(changed.status).toBe(200);
  });

  it("serves the same under the function's own URL", async () => {
    const issue = await api.report();
    expect((await ask("GET", `/issues/${issue.id}`)).body).toEqual(issue);
  });
});

describe("PATCH /api/issues/:id", () => {
  it("changes fields, counts the version up and tells what changed", async () => {
    const { id } = await api.report({ buildingId: "gym" });
    const { status, headers, body } = await ask("PATCH", `/api/issues/${id}`, {
      body: { title: "Burst pipe", severity: "critical" },
      headers: { "If-Match": '"1"' },
    });
    expect(status).toBe(200);
    expect(headers.get("ETag")).toBe('"2"');
    expect(body).toMatchObject({ title: "Burst pipe", severity: "critical", version: 2 });
    expect(Date.parse(body.dueAt) - Date.parse(body.createdAt)).toBe(4 * 3_600_000);
    expect(await inTheDatabase(id)).toEqual(body);
    const [, second] = await activityOf(organizationId, id);
    expect(second).toMatchObject({ version: 2, events: ["issue:updated"], issue: body });
    expect(second?.changed.toSorted()).toEqual(["dueAt", "severity", "title"]);
    expect(await cellOf(organizationId, "gym")).toMatchObject({ weight: 15, version: 2 });
  });

  it("removes the location with null", async () => {
    const { id } = await api.report({ location: { lat: 1, lng: 2 } });
    const { body } = await ask("PATCH", `/api/issues/${id}`, { body: { location: null } });
    expect(body).not.toHaveProperty("location");
    expect(await inTheDatabase(id)).not.toHaveProperty("location");
  });

  it("writes nothing when nothing changes", async () => {
    const issue = await api.report();
    const before = await everything(organizationId);
    const { status, body } = await ask("PATCH", `/api/issues/${issue.id}`, { body: { title: report.title } });
    expect(status).toBe(200);
    expect(body).toEqual(issue);
    expect(await everything(organizationId)).toEqual(before);
  });

  it("passes with If-Match of *, or of the present version", async () => {
    const issue = await api.report();
    for (const [index, tag] of ["*", 'W/"2"', '"1", "3"'].entries()) {
      const { status } = await ask("PATCH", `/api/issues/${issue.id}`, {
        body: { title: `Title ${index}` },
        headers: { "If-Match": tag },
      });
      expect(status).toBe(200);
    }
  });

  it("moves along the workflow by status, and tells of a resolution by its own event", async () => {
    const { id } = await api.report();
    const { body } = await ask("PATCH", `/api/issues/${id}`, {
      body: { status: "resolved", title: "Fixed" },
    });
    expect(body.resolvedAt).toBe(body.updatedAt);
    const [, second] = await activityOf(organizationId, id);
    expect(second?.events).toEqual(["issue:updated", "issue:resolved"]);
  });
});

describe("moves", () => {
  it("go from start through hold, resolve and close to reopen", async () => {
    const { id } = await api.report();
    const statuses = [];
    for (const move of ["start", "hold", "start", "resolve", "close", "reopen"]) {
      const { status, body } = await ask("POST", `/api/issues/${id}/${move}`);
      statuses.push([status, body.status, body.resolvedAt !== null]);
    }
    expect(statuses).toEqual([
      [200, "in_progress", false],
      [200, "on_hold", false],
      [200, "in_progress", false],
      [200, "resolved", true],
      [200, "closed", true],
      [200, "open", false],
    ]);
  });

  it("keep what was said with the move", async () => {
    const { id } = await api.report();
    await ask("POST", `/api/issues/${id}/hold`, { body: { comment: "Waiting for parts" } });
    await ask("POST", `/api/issues/${id}/resolve`, { body: { resolution: "New seal" } });
    const [, hold, resolve] = await activityOf(organizationId, id);
    expect(hold).toMatchObject({ comment: "Waiting for parts", events: ["issue:updated"] });
    expect(resolve).toMatchObject({ comment: "New seal", events: ["issue:resolved"] });
  });

  it("are refused where the workflow has none", async () => {
    const { id } = await api.report();
    await ask("POST", `/api/issues/${id}/resolve`);
    const before = await everything(organizationId);
    for (const move of ["resolve", "start", "hold"]) {
      const { status, body } = await ask("POST", `/api/issues/${id}/${move}`);
      expect(status).toBe(412);
      expect(body).toMatchObject({ reason: "move-illegal", field: "status", code: "failed-precondition" });
    }
    expect(await everything(organizationId)).toEqual(before);
  });
});

describe("POST /api/issues/:id/assign", () => {
  it("assigns to a member, and to nobody with null", async () => {
    const { id } = await api.report();
    const assigned = await ask("POST", `/api/issues/${id}/assign`, { body: { assigneeId: "tess" } });
    expect(assigned.body).toMatchObject({ assigneeId: "tess", version: 2 });
    const same = await ask("POST", `/api/issues/${id}/assign`, { body: { assigneeId: "tess" } });
    expect(same.body).toEqual(assigned.body);
    const nobody = await ask("POST", `/api/issues/${id}/assign`, { body: { assigneeId: null } });
    expect(nobody.body).toMatchObject({ assigneeId: null, version: 3 });
    const history = await activityOf(organizationId, id);
    expect(history.map(({ events }) => events)).toEqual([
      ["issue:created"],
      ["issue:assigned"],
      ["issue:assigned"],
    ]);
  });

  it("refuses who is not a member", async () => {
    const { id } = await api.report();
    const { status, body } = await ask("POST", `/api/issues/${id}/assign`, {
      body: { assigneeId: "mallory" },
    });
    expect(status).toBe(404);
    expect(body).toMatchObject({ reason: "member-unknown", field: "assigneeId" });
  });
});

describe("POST /api/issues/:id/comments", () => {
  it("keeps the comment in the history and leaves the cell alone", async () => {
    const { id } = await api.report({ buildingId: "pier" });
    const cell = await cellOf(organizationId, "pier");
    const { status, body } = await ask("POST", `/api/issues/${id}/comments`, { body: { text: "On my way" } });
    expect(status).toBe(201);
    expect(body.version).toBe(2);
    const [, second] = await activityOf(organizationId, id);
    expect(second).toMatchObject({ comment: "On my way", events: ["issue:commented"], changed: [] });
    expect(await cellOf(organizationId, "pier")).toEqual(cell);
  });
});

describe("DELETE /api/issues/:id", () => {
  it("removes the issue, keeps its history and takes it out of the cell", async () => {
    const issue = await api.report({ buildingId: "gym", category: "network" });
    const before = await cellOf(organizationId, "gym");
    const { status, body } = await ask("DELETE", `/api/issues/${issue.id}`);
    expect([status, body]).toEqual([204, undefined]);
    expect(await inTheDatabase(issue.id)).toBeUndefined();
    expect(await activityOf(organizationId, issue.id)).toMatchObject([
      { version: 1 },
      { version: 2, events: ["issue:deleted"], issue: { title: issue.title, version: 2 } },
    ]);
    const after = await cellOf(organizationId, "gym");
    expect(after?.weight).toBe((before?.weight ?? 0) - 7);
    expect(after?.byCategory.network).toBe(0);
    expect((await ask("GET", `/api/issues/${issue.id}`)).body.reason).toBe("issue-unknown");
  });
});

describe("GET /api/issues/:id/activity", () => {
  it("gives the newest first, page by page, and outlives the issue", async () => {
    const { id } = await api.report();
    for (const text of ["one", "two", "three"])
      await ask("POST", `/api/issues/${id}/comments`, { body: { text } });
    await ask("DELETE", `/api/issues/${id}`);
    const versions: number[] = [];
    let cursor = "";
    for (let page = 0; page < 4; page += 1) {
      const { body } = await ask("GET", `/api/issues/${id}/activity?limit=2${cursor}`);
      versions.push(...body.items.map((entry: { version: number }) => entry.version));
      if (body.nextCursor === undefined) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(versions).toEqual([5, 4, 3, 2, 1]);
  });

  it("knows nothing of an issue that never was", async () => {
    expect((await ask("GET", "/api/issues/nothing/activity")).body.reason).toBe("issue-unknown");
  });
});
