import { type HeatCell, sumCells } from "@faultline/contract";
import { beforeAll, describe, expect, it } from "vitest";
import { startApi } from "../../test/api.ts";
import { cellOf, firestore } from "../../test/firestore.ts";

const api = await startApi();
const { ask, organizationId } = api;
const scoped = { as: { uid: "h", role: "viewer", campusIds: ["harbor"] } } as const;

beforeAll(async () => {
  await api.report({ buildingId: "library", severity: "low" });
  await api.report({ buildingId: "gym", severity: "high" });
  await api.report({ buildingId: "pier", severity: "critical" });
});

const buildingsOf = (cells: readonly HeatCell[]) => cells.map(({ buildingId }) => buildingId).sort();

describe("GET /api/heatmap", () => {
  it("gives the cells of the organization, a campus or a scope", async () => {
    expect(buildingsOf((await ask("GET", "/api/heatmap")).body.cells)).toEqual(["gym", "library", "pier"]);
    expect(buildingsOf((await ask("GET", "/api/heatmap?campusId=north")).body.cells)).toEqual([
      "gym",
      "library",
    ]);
    expect(buildingsOf((await ask("GET", "/api/heatmap", scoped)).body.cells)).toEqual(["pier"]);
    const outside = await ask("GET", "/api/heatmap?campusId=north", scoped);
    expect([outside.status, outside.body.reason]).toEqual([403, "scope-exceeded"]);
  });
});

describe("GET /api/stats", () => {
  it("sums the cells of the organization, a campus or a building", async () => {
    const { cells } = (await ask("GET", "/api/heatmap")).body;
    expect((await ask("GET", "/api/stats")).body).toEqual({
      scope: `org:${organizationId}`,
      stats: sumCells(cells),
    });
    expect((await ask("GET", "/api/stats?campusId=north")).body).toMatchObject({
      scope: "campus:north",
      stats: { weight: 8, total: 2 },
    });
    expect((await ask("GET", "/api/stats?buildingId=pier")).body).toMatchObject({
      scope: "building:pier",
      stats: { weight: 15, total: 1 },
    });
  });

  it("refuses a scoped member the whole, and says how to ask", async () => {
    const { status, body } = await ask("GET", "/api/stats", scoped);
    expect([status, body.reason]).toEqual([403, "scope-exceeded"]);
    expect(body.detail).toMatch(/campusId or buildingId/);
    expect((await ask("GET", "/api/stats?campusId=harbor", scoped)).status).toBe(200);
    expect((await ask("GET", "/api/stats?buildingId=gym", scoped)).status).toBe(403);
  });

  it("does not know other places, or both at once", async () => {
    expect((await ask("GET", "/api/stats?campusId=moon")).body.reason).toBe("campus-unknown");
    expect((await ask("GET", "/api/stats?buildingId=moon")).body.reason).toBe("building-unknown");
    const both = await ask("GET", "/api/stats?buildingId=pier&campusId=harbor");
    expect(both.body).toMatchObject({ reason: "query-invalid", field: "buildingId" });
  });
});

describe("POST /api/heatmap/rebuild", () => {
  it("counts every building afresh, whatever its cell said", async () => {
    const right = await cellOf(organizationId, "gym");
    await firestore()
      .doc(`organizations/${organizationId}/heat/gym`)
      .update({ weight: 99, "byStatus.open": 7 });
    await firestore().doc(`organizations/${organizationId}/heat/pier`).delete();
    const { status, body } = await ask("POST", "/api/heatmap/rebuild");
    expect(status).toBe(200);
    expect(buildingsOf(body.cells)).toEqual(["gym", "library", "pier"]);
    expect(await cellOf(organizationId, "gym")).toMatchObject({ weight: 7, byStatus: right?.byStatus });
    expect(await cellOf(organizationId, "pier")).toMatchObject({ weight: 15, version: 1 });
  });

  it("is for admins of the whole organization", async () => {
    const refused = { manager: "permission-missing", admin: "scope-exceeded" } as const;
    for (const [role, reason] of Object.entries(refused)) {
      const as = { uid: "x", role: role as "manager", ...(role === "admin" && { campusIds: ["north"] }) };
      const { status, body } = await ask("POST", "/api/heatmap/rebuild", { as });
      expect([status, body.reason]).toEqual([403, reason]);
    }
  });
});
