/** How the dashboard looks on a real campus: screenshots for people, and what of it can be held for certain. */
import type { HeatCell, Issue } from "@faultline/contract";
import { signInAs } from "@faultline/local/sign-in";
import { findChromium } from "@faultline/local/testing/wanted";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Answer, request } from "./support/doors.ts";
import { sharedStack } from "./support/shared_stack.ts";
import type { Stack } from "./support/stack.ts";
import { findViolations, keepScreenshot, openBrowser, signInByForm, visit, whenLive } from "./web/browser.ts";
import { type Campus, openCampus, whyNoRealCampus } from "./web/campus.ts";
import { drawnBuildings, heatPoints, pointOn, whenDrawn, whenPulsing } from "./web/map.ts";

const chromium = findChromium();

const light = { colorScheme: "light" } as const;
const dark = { colorScheme: "dark" } as const;
const phone = { ...light, viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };
const display = { ...dark, reducedMotion: "reduce", viewport: { width: 3840, height: 2160 } } as const;

describe.skipIf(chromium === undefined)("the dashboard on a campus", () => {
  let stack: Stack;
  let browser: Browser;
  let campus: Campus;
  let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>;

  beforeAll(async () => {
    if (whyNoRealCampus !== undefined) console.warn(whyNoRealCampus);
    stack = await sharedStack();
    [campus, browser] = await Promise.all([openCampus(stack), openBrowser(chromium ?? "")]);
    const { page, context } = await visit(browser, { url: stack.addresses.hosting });
    await signInByForm(page, campus.email);
    signedIn = await context.storageState({ indexedDB: true });
    await context.close();
  });
  afterAll(() => browser?.close());

  it("draws every building, with heat where the issues are", async () => {
    const page = await open("/map");
    await page.locator(".campus-choice").getByText("All").click();
    await whenDrawn(page);
    expect(await drawnBuildings(page)).toEqual(new Set(campus.buildings.map(({ id }) => id)));

    const hot = (await cells()).filter(({ weight }) => weight > 0);
    const expected = hot.map(({ buildingId: id, weight }) => {
      const at = campus.buildings.find((building) => building.id === id)?.location;
      return { id, weight, at: [at?.lng, at?.lat] };
    });
    expect(expected.length).toBeGreaterThan(10);
    expect(byId(await heatPoints(page))).toEqual(byId(expected));
  });

  it("opens a building's issues when the building is pressed", async () => {
    const page = await open("/map");
    await whenDrawn(page);
    const point = await pointOn(page, campus.busiest.id);
    if (!point) throw new Error(`${campus.busiest.id} is out of sight`);
    await page.mouse.click(point.x, point.y);
    await page.getByRole("heading", { name: campus.busiest.name, level: 1 }).waitFor();
    const { bySeverity } = await busiestCell();
    const unresolved = Object.values(bySeverity).reduce((sum, count) => sum + count, 0);
    await page.locator(".building-issue").first().waitFor();
    expect(await page.locator(".building-issue").count()).toBe(unresolved);
  });

  it("lets a building glow the moment its weight changes, and tells of alerts", async () => {
    const page = await open("/map", dark);
    await whenDrawn(page);
    const { id: buildingId } = campus.busiest;
    const before = (await busiestCell()).weight;
    const pulsing = whenPulsing(page, buildingId);
    const issue = { buildingId, title: "Glass is broken", category: "safety", severity: "high" };
    expect((await ask("POST", "/issues", issue)).status).toBe(201);
    expect(await pulsing).toBe(before + 7);
    await announce("Hot water is off until noon (example)");
    await page.locator(".banner").waitFor();
    await page.getByRole("article").waitFor();
    await keep(page, "alert-dark");
    expect(await findViolations(page)).toEqual([]);
  });

  it("says what it does not know when it is cut off", async () => {
    const board = await open("/board", phone);
    await board.locator(".row-title").first().waitFor();
    await board.context().setOffline(true);
    await board.locator('.badge[data-tone="bad"]').waitFor();
    expect(await faultsOf(board, "offline-phone")).toEqual([]);
    const wall = await open("/wall", { ...dark, viewport: { width: 1920, height: 1080 } });
    await whenDrawn(wall);
    await wall.context().setOffline(true);
    await wall.getByText(/What you see is from \d\d:\d\d/).waitFor();
    expect(await faultsOf(wall, "stale-wall")).toEqual([]);
  });

  it.each(Object.entries({ light, dark, phone }))(
    "fits, with nothing that axe finds fault with: %s",
    async (name, screen) => {
      const newcomer = await visit(browser, { url: stack.addresses.hosting, screen });
      onTestFinished(() => newcomer.context.close());
      await newcomer.page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
      const faults = [...(await faultsOf(newcomer.page, `sign-in-${name}`))];

      const page = await open("/map", screen);
      for (const [view, { path, sign }] of Object.entries(views())) {
        await page.goto(`${stack.addresses.hosting}/${path}`);
        await whenLive(page);
        await page.locator(sign).first().waitFor();
        if (await page.locator(".live-map").count()) await whenDrawn(page);
        faults.push(...(await faultsOf(page, `${view}-${name}`)));
      }
      await page.goto(`${stack.addresses.hosting}/board`);
      await page.locator(".grid-body .row").first().click();
      await page.locator(".history li").first().waitFor();
      faults.push(...(await faultsOf(page, `issue-${name}`)));
      await fillReport(page);
      faults.push(...(await faultsOf(page, `report-${name}`)));
      expect(faults).toEqual([]);
    },
  );

  // Of the demo organization: without a graphics card a map of hundreds of buildings is too slow in 4K.
  it("fits a display in 4K, with nothing that axe finds fault with", async () => {
    const { page, context } = await visit(browser, {
      url: `${stack.addresses.hosting}/wall`,
      email: "viewer@riverside.test",
      screen: display,
    });
    onTestFinished(() => context.close());
    await page.locator(".ticker li").first().waitFor();
    expect(await faultsOf(page, "wall-display")).toEqual([]);
  });

  /** Where each view is, and what tells that it is there. */
  const views = () => ({
    map: { path: "map", sign: ".building" },
    building: { path: `map/${campus.busiest.id}`, sign: ".building-issue" },
    board: { path: "board", sign: ".row-title" },
    stats: { path: "stats", sign: ".bars" },
    wall: { path: "wall", sign: ".ticker li" },
  });

  /** A signed-in page, which must be without an error when the test is over. */
  async function open(path: string, screen: BrowserContextOptions = light): Promise<Page> {
    const { page, context, errors } = await visit(browser, {
      url: `${stack.addresses.hosting}${path}`,
      screen: { ...screen, storageState: signedIn },
    });
    onTestFinished(async () => {
      await context.close();
      expect(errors).toEqual([]);
    });
    await whenLive(page);
    return page;
  }

  /** As somebody would who reports what is known already. */
  async function fillReport(page: Page): Promise<void> {
    const { id } = campus.busiest;
    const issues: readonly Issue[] = (await ask("GET", `/issues?buildingId=${id}&status=open`)).body.items;
    await page.keyboard.press("n");
    const form = page.getByRole("dialog");
    await form.getByLabel("Building").selectOption(id);
    await form.getByLabel("What is wrong?").fill(issues[0]?.title ?? "");
    await form.locator(".duplicates").waitFor();
  }

  /** Stands until the test is over. */
  async function announce(message: string): Promise<void> {
    const alert = { buildingId: campus.busiest.id, message, severity: "medium" };
    const { status, body } = await ask("POST", "/alerts", alert);
    expect(status).toBe(201);
    onTestFinished(async () => {
      await ask("DELETE", `/alerts/${body.id}`);
    });
  }

  async function ask(method: string, path: string, body?: object): Promise<Answer> {
    const token = await signInAs(campus.email, stack.addresses)();
    return request(stack, method, path, { token, ...(body && { body }) });
  }

  const cells = async (): Promise<readonly HeatCell[]> => (await ask("GET", "/heatmap")).body.cells;

  async function busiestCell(): Promise<HeatCell> {
    const cell = (await cells()).find(({ buildingId }) => buildingId === campus.busiest.id);
    if (!cell) throw new Error(`${campus.busiest.id} has no cell`);
    return cell;
  }
});

const keep = (page: Page, name: string) => keepScreenshot(page, `campus/${name}`);

/** Keeps a screenshot; gives what does not fit the screen, and what axe finds wrong. */
async function faultsOf(page: Page, name: string): Promise<readonly string[]> {
  await keep(page, name);
  const isTooWide = await page.evaluate<boolean>("document.documentElement.scrollWidth > innerWidth");
  const faults = [...(isTooWide ? ["wider than the screen"] : []), ...(await findViolations(page))];
  return faults.map((fault) => `${name}: ${fault}`);
}

const byId = <T extends { readonly id: string }>(items: readonly T[]): readonly T[] =>
  items.toSorted((a, b) => a.id.localeCompare(b.id));
