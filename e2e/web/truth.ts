/** What a page shows and says, and what it should. */
import type { Issue } from "@faultline/contract";
import type { BrowserContext, Page } from "playwright-core";
import { expect, vi } from "vitest";
import { en as text } from "../../web/src/text/en.ts";
import { openRest } from "../support/doors.ts";
import type { Stack } from "../support/stack.ts";

/** The board with all issues of a building, the newest first, on a screen on which none is out of sight. */
export const boardOf = (buildingId: string) => `/board?place=building:${buildingId}&status=any&sort=created`;
export const tallScreen = { viewport: { width: 1440, height: 4_000 } } as const;

type Row = readonly [title: string, severity: string, status: string];

/** Runs in the page. */
const readRows = `Array.from(document.querySelectorAll(".grid-body .row"), (row) =>
  [".row-title", ".cell-severity", ".cell-status"].map((cell) => row.querySelector(cell)?.textContent))`;

/** Resolves when the board shows exactly the issues of the building as the API gives them, and nothing waits to be sent. */
export async function whenRight(stack: Stack, page: Page, buildingId: string): Promise<void> {
  const rest = openRest(stack, "admin@riverside.test");
  const isRight = async () => {
    const { items } = await rest.list({ buildingId, limit: "200" });
    expect(await page.evaluate(readRows)).toEqual(items.map(rowOf));
    expect(await page.getByText(text.board.pending).count()).toBe(0);
  };
  await vi.waitFor(isRight, { timeout: 40_000, interval: 200 });
}

function rowOf({ title, severity, status }: Issue): Row {
  return [title, text.severity[severity], text.status[status]];
}

/** Makes the profile's pages write down what their badge says. */
export async function keepDiary(context: BrowserContext): Promise<void> {
  await context.addInitScript(`
    globalThis.said = [];
    new MutationObserver(() => {
      const words = document.querySelector(".badge [role=status]")?.textContent.trim();
      if (words && words !== said.at(-1)) said.push(words);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  `);
}

/** What the badge has said so far. */
export function said(page: Page): Promise<readonly string[]> {
  return page.evaluate("said");
}

/** Resolves when the badge says this. */
export async function whenSays(page: Page, words: string | RegExp): Promise<void> {
  await page.locator(".badge [role=status]").filter({ hasText: words }).waitFor({ timeout: 70_000 });
}
