import type { Issue } from "@faultline/contract";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ask, startApi } from "../../test/api.ts";

const api = await startApi();
const { ask } = api;

const list = async (query: string, asking: Ask = {}) => ask("GET", `/api/issues?${query}`, asking);
const titles = async (query: string, asking: Ask = {}): Promise<string[]> => {
  const { body } = await list(query, asking);
  return body.items.map(({ title }: Issue) => title).sort();
};

/** Follows the cursors to the end. */
const walk = async (query: string): Promise<Issue[]> => {
  const found: Issue[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await list(`${query}${cursor === undefined ? "" : `&cursor=${cursor}`}`);
    found.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return found;
};

beforeAll(async () => {
  await api.report({ title: "a", buildingId: "library", severity: "low" });
  await api.report({ title: "b", buildingId: "gym", severity: "high", category: "hvac" });
  await api.report({ title: "c", buildingId: "pier", severity: "critical", category: "safety" });
  const d = await api.report({ title: "d", buildingId: "pier", severity: "low", category: "safety" });
  await ask("POST", `/api/issues/${d.id}/assign`, { body: { assigneeId: "tess" } });
  await ask("POST", `/api/issues/${d.id}/resolve`);
});

describe("GET /api/issues", () => {
  it("filters by each field, by several values, and by fields together", async () => {
    expect(await titles("")).toEqual(["a", "b", "c", "d"]);
    expect(await titles("campusId=north")).toEqual(["a", "b"]);
    expect(await titles("buildingId=pier")).toEqual(["c", "d"]);
    expect(await titles("status=resolved")).toEqual(["d"]);
    expect(await titles("status=open,on_hold")).toEqual(["a", "b", "c"]);
    expect(await titles("severity=low&severity=critical")).toEqual(["a", "c", "d"]);
    expect(await titles("category=safety")).toEqual(["c", "d"]);
    expect(await titles("assigneeId=tess")).toEqual(["d"]);
    expect(await titles("campusId=harbor&status=open&severity=critical,high&category=safety")).toEqual(["c"]);
  });

  it("sorts by each sort field both ways", async () => {
    for (const field of ["createdAt", "updatedAt", "dueAt"] as const) {
      const ascending = (await walk(`sort=${field}`)).map((issue) => issue[field]);
      expect(ascending).toEqual(ascending.toSorted());
      const descending = (await walk(`sort=-${field}`)).map((issue) => issue[field]);
      expect(descending).toEqual(ascending.toReversed());
    }
    expect((await walk("")).map(({ title }) => title)).toEqual(["d", "c", "b", "a"]);
  });

  it("gives every issue once over its pages", async () => {
    for (const limit of [1, 2, 3, 4, 5]) {
      const found = await walk(`limit=${limit}&sort=dueAt`);
      expect(found.map(({ title }) => title)).toEqual(["c", "b", "a", "d"]);
    }
  });

  it("refuses a cursor of another list", async () => {
    const { body } = await list("limit=1&status=open");
    for (const query of ["status=resolved", "status=open&sort=createdAt", "status=open&campusId=north"]) {
      const answer = await list(`limit=1&${query}&cursor=${body.nextCursor}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ reason: "cursor-invalid", field: "cursor" });
    }
    const unconvertible = '["k",1,0,{"length":{"toString":0,"valueOf":0}}]';
    const made = ['["k",1e300,0,"a"]', unconvertible].map((json) => Buffer.from(json).toString("base64url"));
    for (const cursor of ["x", "e30", "bnVsbA", ...made]) {
      expect((await list(`cursor=${cursor}`)).body.reason).toBe("cursor-invalid");
    }
  });

  it("refuses what it does not know, naming the parameter", async () => {
    const refused = {
      "status=broken": "status",
      "severity=low,worst": "severity",
      "limit=0": "limit",
      "limit=201": "limit",
      "limit=many": "limit",
      "sort=title": "sort",
      "campusId=a/b": "campusId",
      "color=red": "color",
      "buildingId[x]=pier": "buildingId[x]",
    };
    for (const [query, field] of Object.entries(refused)) {
      const { status, body } = await list(query);
      expect([query, status, body.reason, body.field]).toEqual([query, 400, "query-invalid", field]);
    }
  });

  it("refuses more combinations than a query can have", async () => {
    const scope = Array.from({ length: 16 }, (_, index) => `b${index}`);
    const query = "status=open,resolved";
    const { status, body } = await list(query, { as: { role: "viewer", buildingIds: scope } });
    expect([status, body.reason]).toEqual([400, "query-invalid"]);
  });
});

describe("a scoped member", () => {
  const campus: Ask = { as: { uid: "h", role: "viewer", campusIds: ["harbor"] } };
  const building: Ask = { as: { uid: "g", role: "viewer", buildingIds: ["gym"] } };
  const both: Ask = { as: { uid: "b", role: "viewer", campusIds: ["harbor"], buildingIds: ["gym"] } };

  it("sees only what is in scope", async () => {
    expect(await titles("", campus)).toEqual(["c", "d"]);
    expect(await titles("", building)).toEqual(["b"]);
    expect(await titles("", both)).toEqual(["b", "c", "d"]);
    expect(await titles("severity=low,high", both)).toEqual(["b", "d"]);
  });

  it("may filter within it", async () => {
    expect(await titles("campusId=harbor", campus)).toEqual(["c", "d"]);
    expect(await titles("buildingId=pier", campus)).toEqual(["c", "d"]);
    expect(await titles("campusId=north", building)).toEqual(["b"]);
    expect(await titles("buildingId=gym", both)).toEqual(["b"]);
  });

  it("is refused what lies outside", async () => {
    const outside: readonly (readonly [string, Ask])[] = [
      ["campusId=north", campus],
      ["buildingId=gym", campus],
      ["buildingId=library", building],
      ["buildingId=library", both],
    ];
    for (const [query, asking] of outside) {
      const { status, body } = await list(query, asking);
      expect([query, status, body.reason]).toEqual([query, 403, "scope-exceeded"]);
    }
    expect((await list("buildingId=castle", campus)).body.reason).toBe("building-unknown");
  });

  it("is refused a single issue outside, and its history", async () => {
    const [a] = (await list("buildingId=library")).body.items;
    for (const path of [`/api/issues/${a.id}`, `/api/issues/${a.id}/activity`]) {
      const { status, body } = await ask("GET", path, campus);
      expect([status, body.reason]).toEqual([403, "scope-exceeded"]);
    }
  });
});
