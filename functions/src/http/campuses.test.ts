import { describe, expect, it } from "vitest";
import { startApi } from "../../test/api.ts";
import { everything } from "../../test/firestore.ts";

const api = await startApi();
const { ask, organizationId } = api;
const location = { lat: 49.3, lng: -123.1 };
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id).sort();

describe("campuses", () => {
  it("are made, changed, listed and deleted", async () => {
    const made = await ask("POST", "/api/campuses", { body: { id: "hill", name: "Hill", location } });
    expect(made).toMatchObject({ status: 201, body: { id: "hill", name: "Hill", location } });
    expect(made.headers.get("Location")).toBe("/api/campuses/hill");
    const changed = await ask("PATCH", "/api/campuses/hill", { body: { name: "The Hill" } });
    expect(changed).toMatchObject({ status: 200, body: { id: "hill", name: "The Hill", location } });
    expect(ids((await ask("GET", "/api/campuses")).body.items)).toEqual(["harbor", "hill", "north"]);
    expect((await ask("DELETE", "/api/campuses/hill")).status).toBe(204);
    expect((await ask("DELETE", "/api/campuses/hill")).body.reason).toBe("campus-unknown");
  });

  it("are not made twice, nor deleted while they have buildings", async () => {
    const before = await everything(organizationId);
    const twice = await ask("POST", "/api/campuses", { body: { id: "north", name: "N", location } });
    expect([twice.status, twice.body.reason, twice.body.field]).toEqual([409, "id-taken", "id"]);
    const inUse = await ask("DELETE", "/api/campuses/north");
    expect([inUse.status, inUse.body.reason]).toEqual([412, "campus-in-use"]);
    expect((await ask("PATCH", "/api/campuses/moon", { body: { name: "M" } })).body.reason).toBe(
      "campus-unknown",
    );
    expect(await everything(organizationId)).toEqual(before);
  });
});
