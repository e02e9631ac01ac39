/** What a deployment tells the dashboard, in a real browser: Firebase's settings, and what lies beneath the map. */
import { freePort, waitUntil } from "@faultline/local/process";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { keepScreenshot } from "./web/browser.ts";
import { type Colour, coloursAt } from "./web/colours.ts";
import { oneColour, serveStyle } from "./web/style-server.ts";
import { chromium, useVisitors } from "./web/visitors.ts";

/** The dashboard has nothing like it. */
const isMagenta = ({ red, green, blue }: Colour) => red > 200 && green < 60 && blue > 200;
const isSeen = (colours: readonly Colour[]) => colours.some(isMagenta);
/** Magenta has no green, also where the heat lies over it; every building has. */
const isBuilding = ({ green }: Colour) => green > 100;

/** What is around the chosen building's name, within its outline; and what is far from any building. */
async function look(page: Page) {
  const map = await page.locator(".map-canvas").boundingBox();
  if (!map) throw new Error("there is no map");
  const middle = { x: Math.round(map.x + map.width / 2), y: Math.round(map.y + map.height / 2) };
  const around = [-30, 30].flatMap((x) => [-15, 15].map((y) => ({ x: middle.x + x, y: middle.y + y })));
  const far = [Math.round(map.x) + 12, middle.x].map((x) => ({ x, y: Math.round(map.y) + 12 }));
  const colours = await coloursAt(page, [...around, ...far]);
  return { building: colours.slice(0, around.length), ground: colours.slice(around.length) };
}

describe.skipIf(chromium === undefined)("a deployment's dashboard", () => {
  const { open, stack } = useVisitors();

  it("has Firebase's settings from Hosting when its own file has none", async () => {
    const address = `${stack().addresses.hosting}/__/firebase/init.json`;
    const { page } = await open("/board", { as: "viewer", config: { firebase: undefined } });
    await page.getByRole("row").nth(1).waitFor();
    const loaded = await page.evaluate<readonly string[]>(
      'performance.getEntriesByType("resource").map(({ name }) => name)',
    );
    expect(loaded).toContain(address);
    expect(await (await fetch(address)).json()).toMatchObject({ apiKey: expect.any(String) });
  });

  const chosen = "/map/pavilion";
  const visitor = {
    as: "admin@hillcrest.test",
    screen: { colorScheme: "light", reducedMotion: "reduce" },
  } as const;

  it("has the buildings above a background from elsewhere, and keeps it when it turns dark", async () => {
    const mapStyle = await serveStyle(oneColour("#ff00ff"));
    const { page } = await open(chosen, { ...visitor, config: { mapStyle } });
    const isRight = async () => {
      const { building, ground } = await look(page);
      return ground.every(isMagenta) && building.every(isBuilding);
    };
    await waitUntil(isRight, { what: "buildings on magenta" });
    await keepScreenshot(page, "map-background");
    const light = (await look(page)).building;
    await page.emulateMedia({ colorScheme: "dark" });
    const isDark = async () => {
      const { building, ground } = await look(page);
      const isOther = building.every(({ red }, index) => red !== light[index]?.red);
      return isOther && ground.every(isMagenta) && !building.some(isMagenta);
    };
    await waitUntil(isDark, { what: "other buildings on magenta" });
  });

  it.each([
    ["nobody answers", async () => `http://127.0.0.1:${await freePort()}/style.json`],
    ["what is there is no style", () => serveStyle({ version: 8, sources: 7, layers: "none" })],
  ])("has its own background when %s", async (_, address) => {
    const { page } = await open(chosen, { ...visitor, config: { mapStyle: await address() } });
    const isRight = async () => {
      const { building, ground } = await look(page);
      return building.every(isBuilding) && ground.every(isBuilding);
    };
    await waitUntil(isRight, { what: "buildings on the page's own ground" });
    await page.getByRole("link", { name: "All buildings" }).click();
    await page.getByRole("link", { name: /Tower/ }).click();
    await page.getByRole("heading", { name: "Tower" }).waitFor();
    expect(isSeen((await look(page)).ground)).toBe(false);
  });
});
