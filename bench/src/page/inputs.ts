/** What somebody does at a page while it is measured: types and scrolls, again and again. */
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";

export type View = "board" | "map" | "stats";

/** Apart by so much, which is as fast as people type. */
const everyMs = 120;

/** Half the time keys, then the wheel, so that what is held back while a list is scrolled is known to be only that. */
export async function useFor(page: Page, view: View, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1_000;
  const half = until - seconds * 500;
  await press(page, view, half);
  await scroll(page, view, until);
  await page.mouse.move(1, 1);
}

async function press(page: Page, view: View, until: number): Promise<void> {
  // All issues have this word in them, so that typing does not hide what is waited for.
  const keys = view === "board" ? [..."example", ..."<<<<<<<"] : ["Tab", "Tab", "Shift+Tab"];
  if (view === "board") await page.locator("#board-search").focus();
  for (let at = 0; Date.now() < until; at += 1) {
    const key = keys[at % keys.length] ?? "Tab";
    await page.keyboard.press(key === "<" ? "Backspace" : key);
    await delay(everyMs);
  }
  if (view === "board") await page.locator("#board-search").fill("");
}

const scrollers: Readonly<Record<View, string>> = { board: ".grid", map: ".map-side", stats: ".stats" };

async function scroll(page: Page, view: View, until: number): Promise<void> {
  await page.locator(scrollers[view]).hover({ position: { x: 200, y: 300 } });
  for (let at = 0; Date.now() < until; at += 1) {
    await page.mouse.wheel(0, at % 20 < 10 ? 400 : -400);
    await delay(everyMs);
  }
}
