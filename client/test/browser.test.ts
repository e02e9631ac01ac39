import { waitUntil } from "@faultline/local/process";
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, hasBrowser, openBrowser, type TabReport } from "./browser.ts";
import { leak, type Stack, startStack } from "./stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

/** Waits until it holds for every tab that is open. */
const everyTab = (browser: Browser, holds: (report: TabReport) => boolean, what: string) =>
  waitUntil(
    () => {
      const reports = browser.reports();
      return reports.length > 0 && reports.every(holds);
    },
    { what, timeoutMs: 25_000 },
  );

const isLive = ({ connection }: TabReport) => connection.phase === "live";

describe.skipIf(!hasBrowser)("in a real browser", () => {
  it("tabs share one connection, pass it on, and go over to a stream together", {
    timeout: 90_000,
  }, async () => {
    const proxy = await stack.proxy("relay");
    const browser = await openBrowser({ api: stack.api, relay: proxy.url, token: stack.token(), tabs: 3 });
    await waitUntil(() => browser.reports().length === 3, { what: "three tabs", timeoutMs: 20_000 });
    await everyTab(browser, isLive, "live");
    await stack.as().issues.create({ ...leak, title: "Seen by all" });
    await everyTab(browser, ({ titles }) => titles.includes("Seen by all"), "the first");
    expect(proxy.opened).toBe(1);

    for (const tab of [0, 1]) browser.closeTab(tab);
    await stack.as().issues.create({ ...leak, title: "Seen by the last" });
    await everyTab(browser, ({ titles }) => titles.includes("Seen by the last"), "the second");
    await waitUntil(() => proxy.open() === 1, { what: "one connection" });

    proxy.blockWebSockets(true);
    proxy.cut();
    await everyTab(browser, ({ connection }) => connection.phase === "waiting", "waiting");
    proxy.heal();
    await stack.as().issues.create({ ...leak, title: "Seen by stream" });
    await everyTab(browser, ({ titles }) => titles.includes("Seen by stream"), "the third");
    await everyTab(browser, (report) => isLive(report) && report.connection.isFallback, "a stream");
  });
});
