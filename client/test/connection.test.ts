import { waitUntil } from "@faultline/local/process";
import { beforeAll, describe, expect, it } from "vitest";
import type { Faultline } from "../src/index.ts";
import { quick } from "./clock.ts";
import { changeMember, loseLog } from "./redis.ts";
import { leak, type Stack, startStack } from "./stack.ts";
import { until, watch } from "./until.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

const live = (client: Faultline) => until(client.connection, ({ phase }) => phase === "live", "live");

/** Counts requests for lists. */
function countLists() {
  const counter = {
    lists: 0,
    fetch(url: string, init: RequestInit) {
      if (/\/issues\?|\/issues$/.test(url) && init.method === "GET") counter.lists += 1;
      return fetch(url, init);
    },
  };
  return counter;
}

/** A list that is live through a proxy, on one of the transports. */
async function openList(transport: "socket" | "stream") {
  const proxy = await stack.proxy("relay");
  proxy.blockWebSockets(transport === "stream");
  const counter = countLists();
  const environment = { ...quick, fetch: counter.fetch };
  const client = stack.open({ relay: proxy.url, environment });
  const issues = client.watchIssues();
  const shown = watch(issues);
  const phases = watch(client.connection);
  await issues.ready();
  await live(client);
  expect(client.connection.getSnapshot()).toMatchObject({ transport, isFallback: transport === "stream" });
  return { client, proxy, issues, shown, phases, counter };
}

describe.each(["socket", "stream"] as const)("a connection by %s that is cut", (transport) => {
  it("goes on where it was: what was missed comes, and nothing is fetched again", async () => {
    const { client, proxy, issues, counter } = await openList(transport);
    const before = counter.lists;
    proxy.cut();
    await until(client.connection, ({ phase }) => phase !== "live", "not live");
    const { id } = await stack.as().issues.create(leak);
    await stack.as().issues.assign(id, null);
    await stack.as().issues.comment(id, "While you were away");
    proxy.heal();
    await until(
      issues,
      ({ items }) => items.some((issue) => issue.id === id && issue.version === 2),
      "missed",
    );
    await live(client);
    expect(counter.lists).toBe(before);
  });

  it("fetches afresh when what was missed can't be told, and says that it catches up", async () => {
    const { client, proxy, issues, phases, counter } = await openList(transport);
    const gone = await stack.as().issues.create(leak);
    await until(issues, ({ items }) => items.some(({ id }) => id === gone.id), "created");
    let missed = 0;
    const room = client.subscribe([`org:${stack.organizationId}`], undefined, () => {
      missed += 1;
    });
    await room.joined;
    const before = counter.lists;
    proxy.cut();
    await until(client.connection, ({ phase }) => phase !== "live", "not live");
    await stack.as().issues.remove(gone.id);
    await loseLog(stack.organizationId);
    const { id } = await stack.as().issues.create(leak);
    const from = phases.length;
    proxy.heal();
    await until(issues, ({ items }) => items.some((issue) => issue.id === id), "refetched");
    await live(client);
    expect(issues.getSnapshot().items.some((issue) => issue.id === gone.id)).toBe(false);
    expect(counter.lists).toBeGreaterThan(before);
    expect(missed).toBeGreaterThan(0);
    expect(phases.slice(from).map(({ phase }) => phase)).toContain("recovering");
  });
});

describe("the connection", () => {
  it("is one, however many watch", async () => {
    const proxy = await stack.proxy("relay");
    const client = stack.open({ relay: proxy.url });
    const stores = [
      client.watchIssues(),
      client.watchIssues({ status: "open" }),
      client.watchIssues({ campusId: "north" }),
      client.watchHeatmap(),
      client.watchStats({ buildingId: "library" }),
    ];
    for (const store of stores) watch<unknown>(store);
    await Promise.all(stores.map((store) => store.ready()));
    await live(client);
    expect(proxy.opened).toBe(1);
    expect(client.watchIssues({ status: "open" })).toBe(stores[1]);
  });

  it("does not begin before something is watched, and ends when nothing is", async () => {
    const proxy = await stack.proxy("relay");
    const client = stack.open({ relay: proxy.url, environment: quick });
    expect(client.connection.getSnapshot().phase).toBe("idle");
    const end = client.watchStats().subscribe(() => {});
    await live(client);
    end();
    await waitUntil(() => proxy.open() === 0, { what: "its end", timeoutMs: 5_000 });
    expect(client.connection.getSnapshot().phase).toBe("idle");
  });

  it("falls to a stream where WebSockets are blocked, says so, and goes back when they are not", async () => {
    const { client, proxy, issues } = await openList("stream");
    proxy.blockWebSockets(false);
    await until(
      client.connection,
      ({ phase, transport }) => phase === "live" && transport === "socket",
      "back",
    );
    expect(client.connection.getSnapshot().isFallback).toBe(false);
    const { id } = await stack.as().issues.create(leak);
    await until(issues, ({ items }) => items.some((issue) => issue.id === id), "still live");
  });

  it("outlives a relay that was killed", async () => {
    const { client, issues } = await openList("socket");
    await stack.killRelay();
    await until(client.connection, ({ phase }) => phase === "waiting", "waiting");
    const { id } = await stack.as().issues.create(leak);
    await stack.startRelay();
    await until(issues, ({ items }) => items.some((issue) => issue.id === id), "missed");
    await live(client);
  });

  it("rests while the browser is offline", async () => {
    let tell = (_isOnline: boolean) => {};
    const watchNetwork = (listener: (isOnline: boolean) => void) => {
      tell = listener;
      return () => {};
    };
    const client = stack.open({ environment: { ...quick, watchNetwork } });
    watch(client.watchStats());
    await live(client);
    tell(false);
    expect(client.connection.getSnapshot()).toMatchObject({ phase: "offline" });
    tell(true);
    await live(client);
  });

  it("is taken anew after a sleep, and goes on where it was", async () => {
    let asleepMs = 0;
    const clock = { ...quick.clock, now: () => Date.now() + asleepMs };
    const proxy = await stack.proxy("relay");
    const client = stack.open({ relay: proxy.url, environment: { ...quick, clock } });
    watch(client.watchStats());
    await live(client);
    asleepMs = 3_600_000;
    await waitUntil(() => proxy.opened === 2, { what: "another line", timeoutMs: 5_000 });
    await live(client);
  });
});

describe("a token", () => {
  it("is replaced in place before it expires", async () => {
    const proxy = await stack.proxy("relay");
    const asked: boolean[] = [];
    const getToken = (fresh: boolean) => {
      asked.push(fresh);
      return stack.token({ expiresIn: fresh ? 3_600 : 4 });
    };
    const client = stack.open({ relay: proxy.url, getToken });
    const phases = watch(client.connection);
    watch(client.watchStats());
    await live(client);
    await waitUntil(() => asked.includes(true), { what: "a fresh token", timeoutMs: 5_000 });
    const { id } = await stack.as().issues.create(leak);
    await until(client.watchIssue(id), ({ issue }) => issue !== undefined, "still live");
    expect(proxy.opened).toBe(1);
    expect(phases.map(({ phase }) => phase)).not.toContain("waiting");
  });

  it("of a stream is replaced by another stream", async () => {
    const proxy = await stack.proxy("relay");
    proxy.blockWebSockets(true);
    const asked: boolean[] = [];
    const getToken = (fresh: boolean) => {
      asked.push(fresh);
      return stack.token({ expiresIn: fresh ? 3_600 : 3 });
    };
    const client = stack.open({ relay: proxy.url, getToken, environment: quick });
    const phases = watch(client.connection);
    watch(client.watchStats());
    await live(client);
    await waitUntil(() => asked.includes(true), { what: "a fresh token", timeoutMs: 10_000 });
    await live(client);
    expect(phases.map(({ cause }) => cause)).not.toContain("token-expired");
  });

  it("that is refused is replaced; when that does not help, the connection is over and says why", async () => {
    let isGood = false;
    const getToken = () => stack.token(isGood ? {} : { expiresIn: -60 });
    const client = stack.open({ getToken, environment: quick });
    watch(client.subscribe([`org:${stack.organizationId}`]) && client.connection);
    await until(client.connection, ({ phase }) => phase === "closed", "closed");
    expect(client.connection.getSnapshot()).toMatchObject({ cause: "token-expired" });
    isGood = true;
    client.reconnect();
    await live(client);
  });
});

describe("a member", () => {
  it("who was removed is told so, and does not come back", async () => {
    const uid = `gone-${Math.random()}`;
    const client = stack.open({ as: { uid }, environment: quick });
    watch(client.watchStats());
    await live(client);
    const { organizationId } = stack;
    await changeMember({ uid, organizationId, claims: null, at: new Date().toISOString() });
    await until(client.connection, ({ phase }) => phase === "closed", "closed");
    expect(client.connection.getSnapshot()).toMatchObject({ cause: "access-revoked" });
  });

  it("whose scope becomes smaller sees no more than that", async () => {
    const inside = await stack.as().issues.create({ ...leak, buildingId: "pier" });
    const outside = await stack.as().issues.create(leak);
    const uid = `moved-${Math.random()}`;
    const { organizationId } = stack;
    const claims = { organizationId, role: "viewer" as const, campusIds: ["harbor"] };
    let isMoved = false;
    const getToken = () => stack.token(isMoved ? { uid, age: 0, ...claims } : { uid, role: "viewer" });
    const client = stack.open({ getToken, environment: quick });
    const issues = client.watchIssues({ limit: Number.POSITIVE_INFINITY });
    const shows = (id: string) => issues.getSnapshot().items.some((issue) => issue.id === id);
    watch(issues);
    await issues.ready();
    await live(client);
    expect([shows(inside.id), shows(outside.id)]).toEqual([true, true]);
    isMoved = true;
    await changeMember({ uid, organizationId, claims, at: new Date().toISOString() });
    await until(issues, () => shows(inside.id) && !shows(outside.id), "the smaller list");
    const next = await stack.as().issues.create({ ...leak, buildingId: "pier" });
    await until(issues, () => shows(next.id), "still live");
  });
});

describe.each(["socket", "stream"] as const)("a room by %s that is not to be had", (transport) => {
  it("fails what wants it, and nothing else", async () => {
    const { client, issues } = await openList(transport);
    const nowhere = client.watchIssues({ buildingId: "nowhere" });
    watch(nowhere);
    const { error } = await until(nowhere, ({ status }) => status === "failed", "failed");
    expect(error).toMatchObject({ reason: "building-unknown", status: 404 });
    await expect(client.subscribe(["campus:nowhere"]).joined).rejects.toMatchObject({
      reason: "campus-unknown",
    });
    const { id } = await stack.as().issues.create(leak);
    await until(issues, ({ items }) => items.some((issue) => issue.id === id), "still live");
  });
});
