import { describe, expect, it } from "vitest";
import { startApi } from "../../test/api.ts";
import { everything } from "../../test/firestore.ts";

const api = await startApi();
const { ask, organizationId } = api;
const location = { lat: 49.3, lng: -123.1 };
const outline = JSON.stringify({
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [0, 1],
      [1, 1],
      [0, 0],
    ],
  ],
});
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).sort();

describe("buildings", () => {
  it("are made with an outline, changed, listed by campus and deleted", async () => {
    const body = { id: "tower", campusId: "north", name: "Tower", location, outline, rooms: ["1", "2"] };
    expect(await ask("POST", "/api/buildings", { body })).toMatchObject({ status: 201, body });
    const { body: changed } = await ask("PATCH", "/api/buildings/tower", { body: { rooms: ["3"] } });
    expect(changed).toEqual({ ...body, rooms: ["3"] });
    expect(ids((await ask("GET", "/api/buildings?campusId=north")).body.items)).toEqual([
      "gym",
      "library",
      "tower",
    ]);
    expect((await ask("DELETE", "/api/buildings/tower")).status).toBe(204);
    expect(ids((await ask("GET", "/api/buildings")).body.items)).toEqual(["gym", "library", "pier"]);
  });

  it("take outlines beyond the usual length of a body", async () => {
    const ring = Array.from({ length: 8_000 }, (_, index) => [index / 1_000, Math.sin(index)]);
    const large = JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
    const body = { id: "coast", campusId: "harbor", name: "Coast", location, outline: large };
    expect(JSON.stringify(body).length).toBeGreaterThan(128 * 1024);
    expect((await ask("POST", "/api/buildings", { body })).status).toBe(201);
    await ask("DELETE", "/api/buildings/coast");
  });

  it("are refused on an unknown campus, with a broken outline, or while they have issues", async () => {
    await api.report({ buildingId: "gym" });
    const before = await everything(organizationId);
    const building = { id: "tower", campusId: "north", name: "Tower", location };
    const unknown = await ask("POST", "/api/buildings", { body: { ...building, campusId: "moon" } });
    expect(unknown.body).toMatchObject({ reason: "campus-unknown", field: "campusId" });
    const broken = await ask("POST", "/api/buildings", { body: { ...building, outline: "{}" } });
    expect(broken.body).toMatchObject({ reason: "body-invalid", field: "outline" });
    const moved = await ask("PATCH", "/api/buildings/gym", { body: { campusId: "harbor" } });
    expect(moved.body).toMatchObject({ reason: "body-invalid", field: "campusId" });
    const inUse = await ask("DELETE", "/api/buildings/gym");
    expect([inUse.status, inUse.body.reason]).toEqual([412, "building-in-use"]);
    expect(await everything(organizationId)).toEqual(before);
  });

  it("are seen by a scoped member with the campuses they are on", async () => {
    const as = { uid: "g", role: "viewer", buildingIds: ["gym"] } as const;
    expect(ids((await ask("GET", "/api/buildings", { as })).body.items)).toEqual(["gym"]);
    expect(ids((await ask("GET", "/api/campuses", { as })).body.items)).toEqual(["north"]);
    const admin = { uid: "n", role: "admin", campusIds: ["north"] } as const;
    const outside = await ask("PATCH", "/api/buildings/pier", { as: admin, body: { name: "P" } });
    expect([outside.status, outside.body.reason]).toEqual([403, "scope-exceeded"]);
    expect((await ask("PATCH", "/api/buildings/gym", { as: admin, body: { name: "Gym" } })).status).toBe(200);
  });
});
