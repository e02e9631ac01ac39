/** The dashboard when something fails: what it says meanwhile, and that it is right afterwards. */
import { randomUUID } from "node:crypto";
import { freePort, type ManagedProcess, waitUntil } from "@faultline/local/process";
import { startRelay } from "@faultline/local/relay";
import { signInAs } from "@faultline/local/sign-in";
import { Redis } from "ioredis";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { metricOf } from "../relay/test/metrics.ts";
import { en as text } from "../web/src/text/en.ts";
import { openRest, request } from "./support/doors.ts";
import { startStackUnderTest } from "./support/stack.ts";
import { whenLive } from "./web/browser.ts";
import { type Network, startNetwork } from "./web/network.ts";
import { reportIssue } from "./web/report.ts";
import { Issuer } from "./web/tokens.ts";
import { boardOf, keepDiary, said, tallScreen, whenRight, whenSays } from "./web/truth.ts";
import { chromium, useVisitorsOf } from "./web/visitors.ts";

const since = (phase: string) => new RegExp(`${phase} since \\d\\d:\\d\\d`);

describe.skipIf(chromium === undefined)("the dashboard, when", () => {
  afterAll(() => stack()?.stop());
  const { open, stack } = useVisitorsOf(startStackUnderTest);
  let lastComing: Promise<unknown> = Promise.resolve();

  // The functions start with their first request, and begin one process more for each that comes meanwhile.
  beforeAll(() => openRest(stack(), "admin@riverside.test").list({ limit: "1" }));

  interface Watcher {
    readonly page: Page;
    readonly context: BrowserContext;
    readonly network: Network;
  }

  interface Watch {
    readonly name?: string;
    readonly relay?: string;
    readonly path?: string;
    readonly prepare?: (context: BrowserContext) => Promise<void>;
    /** Before anybody signs in. */
    readonly trouble?: (network: Network) => void;
  }

  /** Somebody who looks at the issues of a building, over a network of their own. They come one after another. */
  function watch(...visit: Parameters<typeof come>): Promise<Watcher> {
    const coming = lastComing.then(() => come(...visit));
    lastComing = coming.catch(() => {});
    return coming;
  }

  async function come(
    { onTestFinished }: TestContext,
    buildingId: string,
    how: Watch = {},
  ): Promise<Watcher> {
    const { addresses } = stack();
    const { name = "reporter", relay = addresses.relay, path = boardOf(buildingId) } = how;
    const network = await startNetwork({ hosting: addresses.hosting, relay });
    onTestFinished(() => network.close());
    how.trouble?.(network);
    let buildings: Promise<unknown> | undefined;
    const visitor = await open(path, {
      as: name,
      screen: tallScreen,
      hosting: network.hosting.url,
      async prepare(context) {
        await network.prepare(context);
        await keepDiary(context);
        await how.prepare?.(context);
        buildings = context.waitForEvent("requestfinished", {
          predicate: (request) => request.url().includes("/api/buildings"),
          timeout: 60_000,
        });
      },
      onFinished: onTestFinished,
    });
    // A page is live before it knows them, and nobody can report anything without.
    await buildings;
    return { ...visitor, network };
  }

  const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

  async function writeOn(page: Page, title: string, buildingId: string): Promise<void> {
    await page.keyboard.press("n");
    const form = page.getByRole("dialog");
    await form.getByLabel("Building").selectOption(buildingId);
    await form.getByLabel("What is wrong?").fill(title);
    await form.getByRole("button", { name: "Report it" }).click();
    await page.mouse.move(1, 1);
    await row(page, title).getByText(text.board.pending).waitFor();
  }

  /** What others do meanwhile: one issue more, whose title it gives, and one resolved. */
  async function othersGoOn(buildingId: string): Promise<string> {
    const title = `Reported meanwhile ${randomUUID()}`;
    await reportIssue(stack(), { title, buildingId });
    const manager = openRest(stack(), "manager@riverside.test");
    const { items } = await manager.list({ buildingId, status: "open", limit: "1" });
    await manager.resolve(items[0]?.id ?? "");
    return title;
  }

  describe.concurrent("one visitor", () => {
    it("has a network that goes silent", async (test) => {
      const { page, network } = await watch(test, "dining");
      network.relay.silence(true);
      await othersGoOn("dining");
      await whenSays(page, since(text.connection.waiting));
      network.relay.silence(false);
      await whenLive(page);
      await whenRight(stack(), page, "dining");
    });

    it("has a token that expires, and gets another", async (test) => {
      const issuer = new Issuer(20);
      const { page, network } = await watch(test, "science", { prepare: issuer.prepare });
      const before = await said(page);
      await waitUntil(() => issuer.renewals > 0, { what: "another token" });
      await othersGoOn("science");
      await whenRight(stack(), page, "science");
      expect(await said(page)).toEqual(before);
      expect(network.relay.webSockets).toBe(1);
    });

    it("has a token that expires, and gets no other for a while", async (test) => {
      const issuer = new Issuer(20);
      issuer.answer = "none";
      const { page } = await watch(test, "dorm-a", { prepare: issuer.prepare });
      await whenSays(page, since(text.connection.waiting));
      await othersGoOn("dorm-a");
      issuer.answer = "granted";
      await whenLive(page);
      await whenRight(stack(), page, "dorm-a");
    });

    it("has a token that expires, and a session that is over", async (test) => {
      const issuer = new Issuer(20);
      issuer.answer = "ended";
      const { page } = await watch(test, "dorm-a", { prepare: issuer.prepare });
      await page.getByRole("button", { name: text.signIn.submit }).waitFor({ timeout: 60_000 });
      expect(await page.locator(".row-title").count()).toBe(0);
    });

    it("has reloaded the page before a write is refused", async (test) => {
      const title = `Gone by then ${randomUUID()}`;
      const id = await reportIssue(stack(), { title, buildingId: "dorm-a" });
      const { page, context } = await watch(test, "dorm-a");
      const comments = "**/api/issues/*/comments";
      await context.route(comments, (route) => route.abort("internetdisconnected"));
      await row(page, title).click();
      await page.getByLabel(text.issue.comment, { exact: true }).fill("Still dripping");
      await page.getByRole("button", { name: text.issue.send }).click();
      await whenSays(page, text.connection.pending(1));
      await page.reload();
      await whenSays(page, text.connection.pending(1));
      await openRest(stack(), "admin@riverside.test").delete(id);
      await context.unroute(comments);
      const notice = page.getByRole("article");
      await notice.getByText(text.notices.notSent(text.notices.earlier.comment)).waitFor({ timeout: 60_000 });
      await whenRight(stack(), page, "dorm-a");
    });

    it("is offline", async (test) => {
      const { page, context, network } = await watch(test, "gym");
      await context.setOffline(true);
      network.relay.breakOff();
      await whenSays(page, since(text.connection.offline));
      await writeOn(page, "Written offline", "gym");
      await othersGoOn("gym");
      await whenSays(page, text.connection.pending(1));
      network.relay.mend();
      await context.setOffline(false);
      await whenLive(page);
      await whenRight(stack(), page, "gym");
      expect((await said(page)).join()).toContain(text.connection.recovering);
    });

    it("does not reach the API, but the relay", async (test) => {
      const { page, network } = await watch(test, "arts");
      network.hosting.breakOff();
      await writeOn(page, "Written without the API", "arts");
      await row(page, await othersGoOn("arts")).waitFor();
      await whenSays(page, text.connection.pending(1));
      await whenSays(page, text.connection.live);
      network.hosting.mend();
      await whenRight(stack(), page, "arts");
    });

    it("is behind something that blocks WebSockets", async (test) => {
      const { page } = await watch(test, "warehouse", { trouble: ({ relay }) => relay.blockWebSockets() });
      await page.locator(".badge").click();
      await page.getByText(text.connection.stream).waitFor();
      await othersGoOn("warehouse");
      await whenRight(stack(), page, "warehouse");
    });

    it("has ten tabs open", async (test) => {
      const [, relay] = stack().relays;
      const { page, context, network } = await watch(test, "dorm-b", { relay, name: "manager" });
      const tabs = [page];
      for (let count = tabs.length; count < 10; count += 1) {
        const tab = await context.newPage();
        await tab.goto(page.url());
        tabs.push(tab);
      }
      await Promise.all(tabs.map(whenLive));
      expect(await metricOf(relay, "connections")).toBe(1);
      const heatmaps = () => metricOf(relay, "subscriptions", { kind: "heatmap" });
      const map = tabs.pop();
      await map?.goto(new URL("/map", page.url()).href);
      await waitUntil(async () => (await heatmaps()) === 1, { what: "the map's room" });
      // Not closed: a browser that is busy ends a tab without letting it say so.
      await map?.goto(page.url());
      // Long before the others miss the tab.
      await waitUntil(async () => (await heatmaps()) === 0, { what: "its end", timeoutMs: 20_000 });
      await othersGoOn("dorm-b");
      for (const tab of tabs) await whenRight(stack(), tab, "dorm-b");
      expect(network.relay.webSockets).toBe(1);

      await page.close();
      await othersGoOn("dorm-b");
      for (const tab of tabs.slice(1)) await whenRight(stack(), tab, "dorm-b");
      expect(await metricOf(relay, "connections")).toBe(1);
      expect(network.relay.webSockets).toBe(2);
    });

    it("is removed from the organization", async (test) => {
      const { page } = await watch(test, "workshop", { name: "technician" });
      await page.locator(".row-title").first().waitFor();
      await putMember("riverside-technician", undefined);
      await page.getByText(text.signIn.noMember).waitFor();
      expect(await page.locator(".row-title").count()).toBe(0);
      await putMember("riverside-technician", { role: "technician" });
      await page.getByRole("button", { name: text.signIn.checkAgain }).click();
      await whenLive(page);
      await whenRight(stack(), page, "workshop");
    });

    it("may see less than before", async (test) => {
      const { page } = await watch(test, "library", { name: "viewer", path: "/map" });
      await page.getByRole("link", { name: /^Library/ }).waitFor();
      await putMember("riverside-viewer", { role: "viewer", campusIds: ["harbor"] });
      await page.getByRole("link", { name: /^Library/ }).waitFor({ state: "detached" });
      await whenLive(page);
      expect(await page.getByRole("link", { name: /^Gymnasium|^Library/ }).count()).toBe(0);
      await page.getByRole("link", { name: /^Warehouse/ }).waitFor();
      await page.getByRole("link", { name: "Board" }).first().click();
      await page.locator(".row-title").first().waitFor();
      expect(await page.getByRole("row", { name: /Library|Gymnasium/ }).count()).toBe(0);
    });
  });

  describe("the services fail:", () => {
    let relay: ManagedProcess;
    let url: string;
    beforeAll(async () => {
      url = `http://127.0.0.1:${await freePort()}`;
      relay = await launch();
    });
    afterAll(() => relay?.stop());
    const launch = () =>
      startRelay({
        settings: stack().settings,
        redisUrl: stack().redis.url,
        port: Number(new URL(url).port),
      });

    it.for(["SIGKILL", "SIGTERM"] as const)(
      "the relay ends by %s, and starts again",
      async (signal, test) => {
        const { page } = await watch(test, "canteen", { relay: url });
        await relay.stop(signal);
        await whenSays(page, since(text.connection.waiting));
        await othersGoOn("canteen");
        relay = await launch();
        await whenLive(page);
        await whenRight(stack(), page, "canteen");
      },
    );

    it("Redis is out for a while", async (test) => {
      const { page, network } = await watch(test, "office", { relay: url });
      await stack().redis.kill();
      await whenSays(page, since(text.connection.delayed));
      await othersGoOn("office");
      await stack().redis.restart();
      await whenLive(page);
      await whenRight(stack(), page, "office");
      expect(network.relay.webSockets).toBe(1);
    });

    it("Redis loses what it had", async (test) => {
      const { page } = await watch(test, "dock-lab", { relay: url });
      await stack().redis.kill();
      await othersGoOn("dock-lab");
      await stack().redis.restart();
      const redis = new Redis(stack().redis.url);
      await redis.flushall();
      redis.disconnect();
      await othersGoOn("dock-lab");
      await whenRight(stack(), page, "dock-lab");
      expect((await said(page)).join()).toContain(text.connection.recovering);
    });
  });

  async function putMember(uid: string, member: object | undefined): Promise<void> {
    const token = await signInAs("admin@riverside.test", stack().addresses)();
    const answer = await (member
      ? request(stack(), "PUT", `/members/${uid}`, { token, body: member })
      : request(stack(), "DELETE", `/members/${uid}`, { token }));
    expect(answer.status).toBeLessThan(300);
  }
});
