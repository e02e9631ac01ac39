import type { FaultlineEvent } from "@faultline/contract";
import { waitUntil } from "@faultline/local/process";
import { beforeAll, describe, expect, it } from "vitest";
import { quick } from "./clock.ts";
import { leak, type Stack, startStack } from "./stack.ts";
import { until, watch } from "./until.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

describe("a list of issues", () => {
  it("shows what was there before, and what others report afterwards", async () => {
    const first = await stack.as().issues.create(leak);
    const client = stack.open();
    const issues = client.watchIssues({ buildingId: "library" });
    watch(issues);
    const { items } = await issues.ready();
    expect(items.map(({ id }) => id)).toContain(first.id);
    await until(client.connection, ({ phase }) => phase === "live", "live");

    const second = await stack.as({ uid: "max" }).issues.create({ ...leak, title: "Again" });
    const later = await until(issues, (now) => now.items.length > items.length, "one more");
    expect(later.items[0]).toEqual({ ...second, isPending: false });
    expect(later.items[1]).toBe(items[0]);
  });

  it("of a filter takes in and lets go of what changes", async () => {
    const { id } = await stack.as().issues.create({ ...leak, buildingId: "gym" });
    const client = stack.open();
    const open = client.watchIssues({ buildingId: "gym", status: "open" });
    const resolved = client.watchIssues({ buildingId: "gym", status: "resolved" });
    watch(open);
    watch(resolved);
    await Promise.all([open.ready(), resolved.ready()]);
    await stack.as().issues.move(id, "resolve");
    await until(resolved, ({ items }) => items.length === 1, "resolved");
    expect(open.getSnapshot().items).toEqual([]);
    await stack.as().issues.move(id, "reopen");
    await until(open, ({ items }) => items.length === 1, "open again");
    expect(resolved.getSnapshot().items).toEqual([]);
  });

  it("begins with as many as are asked for, goes on, and fills up what was deleted", async () => {
    const api = stack.as();
    const ids: string[] = [];
    for (let at = 0; at < 9; at += 1)
      ids.unshift((await api.issues.create({ ...leak, buildingId: "pier", title: `No ${at}` })).id);
    const client = stack.open();
    const issues = client.watchIssues({ buildingId: "pier", limit: 4 });
    const shown = () => issues.getSnapshot().items.map(({ id }) => id);
    watch(issues);
    expect(await issues.ready()).toMatchObject({ hasMore: true });
    expect(shown()).toEqual(ids.slice(0, 4));
    issues.loadMore();
    await waitUntil(() => shown().length === 8, { what: "more", timeoutMs: 8_000 });
    expect(shown()).toEqual(ids.slice(0, 8));
    for (const id of ids.splice(0, 5)) await api.issues.remove(id);
    await waitUntil(() => shown().join() === ids.join(), { what: "the rest", timeoutMs: 8_000 });
    expect(issues.getSnapshot().hasMore).toBe(false);
  });

  it("of a scoped member is that of their scope, live", async () => {
    const client = stack.open({ as: { uid: "sue", role: "viewer", buildingIds: ["pier"] } });
    const issues = client.watchIssues({ limit: Number.POSITIVE_INFINITY });
    watch(issues);
    await issues.ready();
    await stack.as().issues.create(leak);
    const { id } = await stack.as().issues.create({ ...leak, buildingId: "pier" });
    await until(issues, ({ items }) => items.some((issue) => issue.id === id), "theirs");
    expect(new Set(issues.getSnapshot().items.map(({ buildingId }) => buildingId))).toEqual(
      new Set(["pier"]),
    );
  });
});

describe("a token of nobody's", () => {
  it("fails what is watched, and says why", async () => {
    const client = stack.open({ as: { organizationId: undefined } as never });
    await expect(client.watchIssues().ready()).rejects.toMatchObject({ reason: "organization-missing" });
  });
});

describe("one issue", () => {
  it("is followed from its creation to its end", async () => {
    const { id } = await stack.as().issues.create(leak);
    const client = stack.open();
    const issue = client.watchIssue(id);
    watch(issue);
    expect((await issue.ready()).issue?.version).toBe(1);
    await until(client.connection, ({ phase }) => phase === "live", "live");
    await stack.as().issues.comment(id, "Seen");
    await until(issue, (now) => now.issue?.version === 2, "commented");
    await stack.as().issues.remove(id);
    await until(issue, (now) => now.issue === undefined, "deleted");
    expect(issue.getSnapshot().status).toBe("ready");
  });

  it("that does not exist is ready, and nothing", async () => {
    expect(await stack.open().watchIssue("never-was").ready()).toMatchObject({ issue: undefined });
  });
});

describe("the heat map and the stats", () => {
  it.each([
    ["the organization", {}, {}],
    ["a campus", { campusId: "harbor" }, {}],
    ["a member's campuses", {}, { role: "viewer", campusIds: ["harbor"] }],
    ["a member's buildings", {}, { role: "viewer", buildingIds: ["pier"] }],
  ] as const)("of %s follow each change", async (_, filter, claims) => {
    const client = stack.open({ as: { uid: "sue", ...claims } as never });
    const heatmap = client.watchHeatmap(filter);
    const stats = client.watchStats({ buildingId: "pier" });
    watch(heatmap);
    watch(stats);
    await Promise.all([heatmap.ready(), stats.ready()]);
    await until(client.connection, ({ phase }) => phase === "live", "live");
    const pier = () => heatmap.getSnapshot().cells.find(({ buildingId }) => buildingId === "pier");
    const before = pier()?.weight ?? 0;
    await stack.as().issues.create({ ...leak, buildingId: "pier", severity: "critical" });
    await until(heatmap, () => pier()?.weight === before + 15, "hotter");
    await until(stats, (now) => now.stats?.weight === before + 15, "counted");
    const { cells } = await stack.as().heatmap.get();
    expect(pier()?.byStatus).toEqual(cells.find(({ buildingId }) => buildingId === "pier")?.byStatus);
    const isOutside = (campusId: string) =>
      "campusId" in filter || "role" in claims ? campusId !== "harbor" : false;
    expect(heatmap.getSnapshot().cells.filter(({ campusId }) => isOutside(campusId))).toEqual([]);
  });

  it("of the whole organization are refused to a scoped member", async () => {
    const client = stack.open({ as: { uid: "sue", role: "viewer", campusIds: ["harbor"] } });
    await expect(client.watchStats().ready()).rejects.toMatchObject({
      reason: "scope-exceeded",
      status: 403,
    });
  });
});

describe("events", () => {
  it("are heard by type, and by room", async () => {
    const client = stack.open({ environment: quick });
    const byType: FaultlineEvent[] = [];
    const byRoom: FaultlineEvent[] = [];
    client.on("issue:assigned", (event) => byType.push(event));
    client.on("issue:created", (event) => byType.push(event));
    const all = client.subscribe([`org:${stack.organizationId}`]);
    const gym = client.subscribe(["building:gym"], (event) => byRoom.push(event));
    await Promise.all([all.joined, gym.joined]);
    await stack.as().issues.create({ ...leak, buildingId: "gym" });
    await stack.as().issues.create(leak);
    await waitUntil(() => byType.length === 2, { what: "both" });
    expect(byType.map(({ type, buildingId }) => `${type} ${buildingId}`)).toEqual([
      "issue:created gym",
      "issue:created library",
    ]);
    const issues = byRoom.filter(({ type }) => type.startsWith("issue:"));
    expect(issues.map(({ buildingId }) => buildingId)).toEqual(["gym"]);
  });

  it("end when they are not wanted any more", async () => {
    const client = stack.open({ environment: quick });
    const heard: string[] = [];
    const off = client.on("issue:created", ({ data }) => heard.push(data.issue.id));
    const room = client.subscribe(["building:gym"]);
    await room.joined;
    off();
    const { id } = await stack.as().issues.create({ ...leak, buildingId: "gym" });
    const issue = client.watchIssue(id);
    expect((await issue.ready()).issue?.id).toBe(id);
    expect(heard).toEqual([]);
    room.end();
    await until(client.connection, ({ phase }) => phase === "idle", "idle");
  });
});
