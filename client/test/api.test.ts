import { beforeAll, describe, expect, it } from "vitest";
import { createApi, Refusal, Unreachable } from "../src/index.ts";
import { leak, type Stack, startStack } from "./stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

describe("the API", () => {
  it("has every operation on issues", async () => {
    const { issues } = stack.as();
    const key = `key-${Math.random()}`;
    const { id } = await issues.create(leak, { key });
    expect(await issues.create(leak, { key })).toMatchObject({ id });
    expect(await issues.update(id, { title: "Drip" })).toMatchObject({ title: "Drip", version: 2 });
    expect(await issues.assign(id, null)).toMatchObject({ assigneeId: null });
    expect(await issues.comment(id, "Seen")).toMatchObject({ version: 3 });
    for (const [move, status] of [
      ["start", "in_progress"],
      ["hold", "on_hold"],
      ["resolve", "resolved"],
      ["close", "closed"],
      ["reopen", "open"],
    ] as const)
      expect(await issues.move(id, move, `${move}!`)).toMatchObject({ status });
    const other = await issues.create(leak);
    expect(await issues.merge(id, other.id)).toMatchObject({ status: "resolved", mergedInto: other.id });
    const { items: history } = await issues.activity(id, { limit: 200 });
    expect(history.filter(({ comment }) => comment?.endsWith("!"))).toHaveLength(5);
    const { items, nextCursor } = await issues.list({ status: ["open", "resolved"], limit: 1 });
    const rest = await issues.list({ status: ["open", "resolved"], limit: 1, cursor: nextCursor });
    expect([...items, ...rest.items].map((issue) => issue.id)).toEqual([other.id, id]);
    expect(await issues.remove(id)).toBeUndefined();
    await expect(issues.get(id)).rejects.toMatchObject({ reason: "issue-unknown", status: 404 });
  });

  it("has every operation on places, members and alerts, the heat map and the stats", async () => {
    const { campuses, buildings, members, alerts, heatmap, stats } = stack.as();
    const location = { lat: 1, lng: 2 };
    await campuses.create({ id: "island", name: "Island", location });
    expect(await campuses.update("island", { name: "Isle" })).toMatchObject({ name: "Isle" });
    await buildings.create({ id: "tower", campusId: "island", name: "Tower", location });
    expect(await buildings.update("tower", { name: "Keep" })).toMatchObject({ name: "Keep" });
    expect((await buildings.list({ campusId: "island" })).items).toHaveLength(1);
    const alert = await alerts.create({ buildingId: "tower", message: "No water", severity: "low" });
    expect(await alerts.get(alert.id)).toEqual(alert);
    expect((await alerts.list({ limit: 1 })).items).toHaveLength(1);
    await alerts.cancel(alert.id);
    expect((await heatmap.get({ campusId: "island" })).cells).toEqual([]);
    expect((await heatmap.rebuild()).cells.length).toBeGreaterThan(0);
    expect(await stats.get({ campusId: "island" })).toMatchObject({ scope: "campus:island" });
    await buildings.remove("tower");
    await campuses.remove("island");
    expect((await campuses.list()).items.map(({ id }) => id)).not.toContain("island");
    expect((await members.list()).items).toEqual([]);
    // There is no user directory in this test.
    await expect(members.remove("nobody")).rejects.toMatchObject({ reason: "unavailable", retry: true });
    await expect(members.put("a b", { role: "viewer" })).rejects.toBeInstanceOf(Refusal);
  });

  it("refuses a change of a version that is not the newest, when asked to", async () => {
    const { issues } = stack.as();
    const { id } = await issues.create(leak);
    await issues.update(id, { title: "Newer" }, { ifVersion: 1 });
    await expect(issues.move(id, "start", undefined, { ifVersion: 1 })).rejects.toMatchObject({
      reason: "version-stale",
      code: "failed-precondition",
      retry: false,
      field: "If-Match",
    });
  });

  it("asks once for a fresh token when one is refused", async () => {
    const asked: boolean[] = [];
    const getToken = (fresh: boolean) => {
      asked.push(fresh);
      return stack.token({ expiresIn: fresh ? 60 : -60 });
    };
    const api = createApi({ api: stack.api, getToken });
    await expect(api.campuses.list()).resolves.toHaveProperty("items");
    expect(asked).toEqual([false, true]);
  });

  it("says when nobody answers, and when it is not the API that does", async () => {
    const getToken = () => stack.token();
    const nobody = createApi({ api: "http://127.0.0.1:9", getToken });
    await expect(nobody.campuses.list()).rejects.toBeInstanceOf(Unreachable);
    const notFound = async () => new Response("<h1>Captive portal</h1>", { status: 503 });
    const other = createApi({ api: stack.api, getToken, fetch: notFound });
    await expect(other.campuses.list()).rejects.toBeInstanceOf(Unreachable);
  });
});
