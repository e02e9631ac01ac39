import { describe, expect, it } from "vitest";
import { startApi } from "../../test/api.ts";
import { everything } from "../../test/firestore.ts";

const { ask, organizationId } = await startApi();
const alert = { message: "Elevator out of order", severity: "high" };

describe("alerts", () => {
  it("are made for a building, which gives the campus, or for a campus", async () => {
    const building = await ask("POST", "/api/alerts", {
      body: { ...alert, buildingId: "gym", endsAt: "2030-01-01T00:00:00Z" },
    });
    expect(building.status).toBe(201);
    expect(building.body).toMatchObject({
      ...alert,
      organizationId,
      campusId: "north",
      buildingId: "gym",
      endsAt: "2030-01-01T00:00:00.000Z",
      startsAt: building.body.createdAt,
      createdBy: "ada",
      cancelledAt: null,
    });
    expect((await ask("GET", building.headers.get("Location") ?? "")).body).toEqual(building.body);
    const campus = await ask("POST", "/api/alerts", { body: { ...alert, campusId: "harbor" } });
    expect(campus.body).toMatchObject({ campusId: "harbor", buildingId: null });
  });

  it("are listed newest first, page by page, within the scope", async () => {
    const { body } = await ask("GET", "/api/alerts?limit=1");
    expect(body.items).toMatchObject([{ campusId: "harbor" }]);
    const rest = await ask("GET", `/api/alerts?cursor=${body.nextCursor}`);
    expect(rest.body.items).toMatchObject([{ buildingId: "gym" }]);
    const as = { uid: "n", role: "viewer", campusIds: ["north"] } as const;
    const scoped = await ask("GET", "/api/alerts", { as });
    expect(scoped.body.items).toMatchObject([{ buildingId: "gym" }]);
    const foreign = await ask("GET", `/api/alerts/${body.items[0].id}`, { as });
    expect([foreign.status, foreign.body.reason]).toEqual([403, "scope-exceeded"]);
  });

  it("are gone once withdrawn", async () => {
    const { body } = await ask("POST", "/api/alerts", { body: { ...alert, campusId: "north" } });
    expect((await ask("DELETE", `/api/alerts/${body.id}`)).status).toBe(204);
    expect((await ask("GET", `/api/alerts/${body.id}`)).body.reason).toBe("alert-unknown");
    expect((await ask("DELETE", `/api/alerts/${body.id}`)).body.reason).toBe("alert-unknown");
  });

  it("are refused without one place, or with an end before the start", async () => {
    const before = await everything(organizationId);
    const wrong = [
      [alert, "buildingId"],
      [{ ...alert, campusId: "north", buildingId: "gym" }, "buildingId"],
      [
        { ...alert, campusId: "north", startsAt: "2030-01-02T00:00:00Z", endsAt: "2030-01-01T00:00:00Z" },
        "endsAt",
      ],
    ] as const;
    for (const [body, field] of wrong) {
      const answer = await ask("POST", "/api/alerts", { body });
      expect(answer.body).toMatchObject({ status: 400, reason: "body-invalid", field });
    }
    const unknown = await ask("POST", "/api/alerts", { body: { ...alert, buildingId: "castle" } });
    expect(unknown.body).toMatchObject({ reason: "building-unknown", field: "buildingId" });
    expect(await everything(organizationId)).toEqual(before);
  });
});
