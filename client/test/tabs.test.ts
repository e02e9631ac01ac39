import { waitUntil } from "@faultline/local/process";
import { beforeAll, describe, expect, it } from "vitest";
import type { Faultline } from "../src/index.ts";
import { quick } from "./clock.ts";
import { createBrowser } from "./locks.ts";
import { changeMember } from "./redis.ts";
import { leak, type Stack, startStack } from "./stack.ts";
import { until, watch } from "./until.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

/** Tabs of one browser, each with a live list, through a proxy. */
async function openTabs(count: number, as = {}) {
  const proxy = await stack.proxy("relay");
  const browser = createBrowser();
  const open = async () => {
    const { tabs, hang, show } = browser.openTab();
    const client = stack.open({ relay: proxy.url, environment: { ...quick, tabs }, as });
    const issues = client.watchIssues({ limit: Number.POSITIVE_INFINITY });
    watch(issues);
    await issues.ready();
    await until(client.connection, ({ phase }) => phase === "live", "live");
    const shows = (id: string) =>
      until(issues, ({ items }) => items.some((issue) => issue.id === id), "shown");
    return { client, issues, shows, hang, show };
  };
  const opened = [];
  for (let at = 0; at < count; at += 1) opened.push(await open());
  return { proxy, tabs: opened, open };
}

const report = async () => (await stack.as().issues.create(leak)).id;
const phaseOf = (client: Faultline) => client.connection.getSnapshot().phase;

describe("the tabs of one browser", () => {
  it("share one connection, and all hear of every change", async () => {
    const { proxy, tabs } = await openTabs(10);
    const id = await report();
    await Promise.all(tabs.map(({ shows }) => shows(id)));
    expect(proxy.opened).toBe(1);
  });

  it("have rooms of their own: what one watches beside, the others need not", async () => {
    const { tabs } = await openTabs(2);
    const [first, second] = tabs;
    const stats = second?.client.watchStats({ buildingId: "gym" });
    if (!stats || !first) throw new Error("two tabs");
    watch(stats);
    const { stats: before } = await stats.ready();
    await stack.as().issues.create({ ...leak, buildingId: "gym" });
    await until(stats, (now) => now.stats?.total === (before?.total ?? 0) + 1, "counted");
    expect(phaseOf(first.client)).toBe("live");
  });

  it("go on when the tab that has the connection is closed, and miss nothing", async () => {
    const { proxy, tabs } = await openTabs(3);
    const [leader, ...others] = tabs;
    leader?.client.close();
    const id = await report();
    await Promise.all(others.map(({ shows }) => shows(id)));
    await waitUntil(() => proxy.open() === 1, { what: "one connection" });
    await waitUntil(() => others.every(({ client }) => phaseOf(client) === "live"), { what: "live again" });
  });

  it("go on when the tab that has the connection hangs", async () => {
    const { tabs } = await openTabs(2);
    const [leader, other] = tabs;
    leader?.hang();
    const id = await report();
    await other?.shows(id);
    await waitUntil(() => other && phaseOf(other.client) === "live", { what: "live again" });
  });

  it("try again in time though the tab that has the connection is hidden, and its timers run late", async () => {
    const proxy = await stack.proxy("relay");
    const browser = createBrowser();
    const late = {
      now: () => Date.now(),
      after: (ms: number, act: () => void) => quick.clock.after(ms * 600, act),
    };
    const hidden = stack.open({
      relay: proxy.url,
      environment: { ...quick, clock: late, ...browser.openTab() },
    });
    const shown = stack.open({ relay: proxy.url, environment: { ...quick, ...browser.openTab() } });
    for (const client of [hidden, shown]) {
      watch(client.watchStats());
      await until(client.connection, ({ phase }) => phase === "live", "live");
    }
    proxy.cut();
    await until(shown.connection, ({ phase }) => phase === "waiting", "waiting");
    proxy.heal();
    await until(shown.connection, ({ phase }) => phase === "live", "live again");
    expect(proxy.opened).toBe(2);
  });

  it("say all of them that the connection is down, and why", async () => {
    const { proxy, tabs } = await openTabs(3);
    proxy.cut();
    const clients = tabs.map(({ client }) => client);
    const isDown = () => clients.every((client) => client.connection.getSnapshot().cause === "unreachable");
    await waitUntil(isDown, { what: "told" });
    const id = await report();
    proxy.heal();
    await Promise.all(tabs.map(({ shows }) => shows(id)));
  });

  it("say since when the connection is down, also when another of them goes on trying", async () => {
    const { proxy, tabs } = await openTabs(2);
    const [leader, other] = tabs;
    if (!leader || !other) throw new Error("two tabs");
    const states = watch(other.client.connection);
    proxy.cut();
    const { since } = await until(other.client.connection, ({ phase }) => phase === "waiting", "down");
    leader.client.close();
    const attempts = () => states.filter(({ phase }) => phase === "connecting").length;
    const before = attempts();
    await waitUntil(() => attempts() > before + 1, { what: "tried by the other tab" });
    expect(other.client.connection.getSnapshot().since).toBe(since);
    proxy.heal();
    await until(other.client.connection, ({ phase }) => phase === "live", "live again");
    expect(other.client.connection.getSnapshot().since).toBeGreaterThan(since);
  });

  it("are all told that the member was removed, and can all try again", async () => {
    const uid = `gone-${Math.random()}`;
    const { tabs } = await openTabs(2, { uid });
    const { organizationId } = stack;
    await changeMember({ uid, organizationId, claims: null, at: new Date().toISOString() });
    const clients = tabs.map(({ client }) => client);
    await waitUntil(() => clients.every((client) => phaseOf(client) === "closed"), { what: "closed" });
    const states = watch(clients[0]?.connection ?? tabs[0]?.client.connection ?? missing());
    clients[1]?.reconnect();
    await waitUntil(() => states.some(({ phase }) => phase === "connecting"), { what: "tried again" });
  });

  it("let go of the connection when the last of them watches nothing", async () => {
    const { proxy, tabs } = await openTabs(2);
    expect(proxy.open()).toBe(1);
    for (const { client } of tabs) client.close();
    await waitUntil(() => proxy.open() === 0, { what: "the end" });
  });

  it("leave their rooms with their page, and are back in them when the browser brings it back", async () => {
    const { proxy, tabs } = await openTabs(1);
    const [tab] = tabs;
    tab?.show(false);
    await waitUntil(() => proxy.open() === 0, { what: "the end" });
    const id = await report();
    tab?.show(true);
    await tab?.shows(id);
    expect(proxy.open()).toBe(1);
  });

  it("of different users have a connection each", async () => {
    const proxy = await stack.proxy("relay");
    const browser = createBrowser();
    for (const uid of ["ada", "max"]) {
      const { tabs } = browser.openTab();
      const client = stack.open({ relay: proxy.url, environment: { ...quick, tabs }, as: { uid } });
      watch(client.watchStats());
      await until(client.connection, ({ phase }) => phase === "live", "live");
    }
    expect(proxy.open()).toBe(2);
  });
});

function missing(): never {
  throw new Error("no tab");
}
