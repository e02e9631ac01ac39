import { waitUntil } from "@faultline/local/process";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { clientScript, hasBrowser, openBrowser, reportOf, type TabReport } from "./browser.ts";
import { leak, type Stack, startStack } from "./stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

/** Waits until it holds for every tab. */
const everyTab = (tabs: readonly Page[], holds: (report: TabReport) => boolean, what: string) =>
  waitUntil(
    async () => {
      const reports = await Promise.all(tabs.map(reportOf));
      return reports.every((report) => report && holds(report));
    },
    { what, timeoutMs: 25_000 },
  );

const isLive = ({ connection }: TabReport) => connection.phase === "live";
const shows =
  (title: string) =>
  ({ titles }: TabReport) =>
    titles.includes(title);

/** Tabs of one browser on these addresses, as one user. */
async function openTabs(count: number, { api = stack.api, relay = stack.relay, as = {} } = {}) {
  const browser = await openBrowser();
  const script = await clientScript({ api, relay, token: stack.token(as) });
  const tabs: Page[] = [];
  for (let at = 0; at < count; at += 1) tabs.push(await browser.openTab(script));
  return { tabs, browser };
}

/** Of an issue's history, what was said. */
async function commentsOn(id: string) {
  const { items } = await stack.as().issues.activity(id);
  return items.flatMap(({ comment }) => comment ?? []).reverse();
}

/** Writes on a page, without waiting for the answers. */
const comment = (page: Page, id: string, ...texts: readonly string[]) =>
  page.evaluate(
    `for (const text of ${JSON.stringify(texts)}) faultline.issues.comment("${id}", text).catch(() => {}); undefined`,
  );

describe.skipIf(!hasBrowser)("in a real browser", { timeout: 90_000 }, () => {
  it("tabs share one connection, pass it on, and go over to a stream together", async () => {
    const proxy = await stack.proxy("relay");
    const { tabs } = await openTabs(3, { relay: proxy.url });
    await everyTab(tabs, isLive, "live");
    await stack.as().issues.create({ ...leak, title: "Seen by all" });
    await everyTab(tabs, shows("Seen by all"), "the first");
    expect(proxy.opened).toBe(1);

    for (const tab of tabs.splice(0, 2)) await tab.close();
    await stack.as().issues.create({ ...leak, title: "Seen by the last" });
    await everyTab(tabs, shows("Seen by the last"), "the second");
    await waitUntil(() => proxy.open() === 1, { what: "one connection" });

    proxy.blockWebSockets(true);
    proxy.cut();
    await everyTab(tabs, ({ connection }) => connection.phase === "waiting", "waiting");
    proxy.heal();
    await stack.as().issues.create({ ...leak, title: "Seen by stream" });
    await everyTab(tabs, shows("Seen by stream"), "the third");
    await everyTab(tabs, (report) => isLive(report) && report.connection.isFallback, "a stream");
  });

  it("what was written out of reach outlives a reload, and is sent in order and once", async () => {
    const { id } = await stack.as().issues.create(leak);
    const proxy = await stack.proxy("api");
    const { tabs } = await openTabs(1, { api: proxy.url });
    const [page] = tabs;
    await everyTab(tabs, isLive, "live");
    proxy.cut();
    await comment(page as Page, id, "One", "Two");
    const report = { ...leak, title: "Written out of reach" };
    await page?.evaluate(`void faultline.issues.report(${JSON.stringify(report)}).catch(() => {})`);
    const isThere = ({ pending }: TabReport) => pending.length === 3 && pending.every((one) => one.isKept);
    await everyTab(tabs, isThere, "three writes");
    for (let reloads = 0; reloads < 2; reloads += 1) {
      await page?.reload();
      await everyTab(tabs, isThere, "the same after a reload");
    }
    proxy.heal();
    await everyTab(tabs, ({ pending }) => pending.length === 0, "all sent");
    await everyTab(tabs, shows("Written out of reach"), "the report");
    expect(await commentsOn(id)).toEqual(["One", "Two"]);
    const { items } = await stack.as().issues.list({ limit: 200 });
    expect(items.filter(({ title }) => title === report.title)).toHaveLength(1);
    expect(await page?.evaluate("localStorage.length")).toBe(0);
  });

  it("what a closed tab has left is sent by another, and by one of them only", async () => {
    const { id } = await stack.as().issues.create(leak);
    const proxy = await stack.proxy("api");
    const { tabs } = await openTabs(3, { api: proxy.url });
    await everyTab(tabs, isLive, "live");
    proxy.cut();
    const [first] = tabs.splice(0, 1);
    await comment(first as Page, id, "One", "Two", "Three");
    await everyTab([first as Page], ({ pending }) => pending.length === 3, "three writes");
    await first?.close();
    proxy.heal();
    await waitUntil(async () => (await commentsOn(id)).length === 3, { what: "sent", timeoutMs: 25_000 });
    await everyTab(tabs, ({ pending }) => pending.length === 0, "nothing is left");
    expect(await commentsOn(id)).toEqual(["One", "Two", "Three"]);
  });

  it("what one user has written is never another's to send", async () => {
    const { id } = await stack.as().issues.create(leak);
    const proxy = await stack.proxy("api");
    const { tabs, browser } = await openTabs(1, { api: proxy.url });
    await everyTab(tabs, isLive, "live");
    proxy.cut();
    await comment(tabs[0] as Page, id, "Of Ada");
    await everyTab(tabs, ({ pending }) => pending.length === 1, "one write");
    await tabs[0]?.close();
    proxy.heal();
    const addresses = { api: proxy.url, relay: stack.relay };
    const open = async (uid: string) =>
      browser.openTab(await clientScript({ ...addresses, token: stack.token({ uid }) }));
    const bob = await open("bob");
    await everyTab([bob], isLive, "live");
    await comment(bob, id, "Of Bob");
    await waitUntil(async () => (await commentsOn(id)).includes("Of Bob"), { what: "Bob's own" });
    expect(await commentsOn(id)).toEqual(["Of Bob"]);
    const ada = await open("ada");
    await waitUntil(async () => (await commentsOn(id)).length === 2, { what: "Ada's", timeoutMs: 25_000 });
    await everyTab([ada], ({ pending }) => pending.length === 0, "nothing is left");
    const { items } = await stack.as().issues.activity(id);
    const said = items.flatMap(({ comment, actor }) => (comment ? [[actor.uid, comment]] : []));
    expect(said.reverse()).toEqual([
      ["bob", "Of Bob"],
      ["ada", "Of Ada"],
    ]);
  });
});
