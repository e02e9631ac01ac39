/** From a click in one browser to the row that another browser shows. */
import { waitUntil } from "@faultline/local/process";
import type { Locator } from "playwright-core";
import type { Screen, Setting } from "./setting.ts";

/** In milliseconds since the click. */
export interface Click {
  readonly kind: "move" | "report";
  /** When the page had handed its request to the browser. */
  readonly sent: number;
  readonly answered: number;
  /** When the other browser's socket had the event. */
  readonly told: number;
  /** When the other browser's document had it. */
  readonly shown: number;
}

export interface Clicks {
  readonly clicks: readonly Click[];
  /** How far the two browsers' clocks are apart. */
  readonly skewMs: number;
}

interface Step {
  readonly kind: Click["kind"];
  readonly button: Locator;
  /** What the other's row says then. */
  readonly row: readonly string[];
  /** What the event says. */
  readonly event: readonly string[];
}

/** Half of them start work on an issue or put it on hold, half report one. */
export async function measureClicks(setting: Setting, count: number): Promise<Clicks> {
  const title = "The issue of a hundred clicks";
  const { id } = await setting.api.issues.create({
    buildingId: "library",
    title,
    category: "plumbing",
    severity: "high",
  });
  const actor = await setting.open("manager", `board/${id}`);
  const onlooker = await setting.open("viewer", "board?sort=updated");
  await onlooker.page.locator(".row-title").first().waitFor();
  const clicks: Click[] = [];
  for (let number = 0; number < count / 2; number += 1)
    clicks.push(await click(actor, onlooker, moveOf(actor, title, number % 2 === 0)));
  await actor.page.keyboard.press("Escape");
  for (let number = 0; number < count / 2; number += 1)
    clicks.push(await click(actor, onlooker, await fillReport(actor, `Click ${number} of the measurement`)));
  const skewMs = (await clockOf(onlooker)) - (await clockOf(actor));
  await actor.browser.close();
  await onlooker.browser.close();
  return { clicks, skewMs };
}

function moveOf({ page }: Screen, title: string, isStart: boolean): Step {
  const [name, label, status] = isStart
    ? (["Start work", "In progress", "in_progress"] as const)
    : (["Put on hold", "On hold", "on_hold"] as const);
  return {
    kind: "move",
    button: page.getByRole("button", { name }),
    row: [title, label],
    event: [title, `"status":"${status}"`],
  };
}

async function fillReport({ page }: Screen, title: string): Promise<Step> {
  await page.keyboard.press("n");
  const form = page.getByRole("dialog");
  await form.getByLabel("Building").selectOption("library");
  await form.getByLabel("What is wrong?").fill(title);
  return {
    kind: "report",
    button: form.getByRole("button", { name: "Report it" }),
    row: [title],
    event: [`"title":"${title}"`],
  };
}

async function click(actor: Screen, onlooker: Screen, { kind, button, row, event }: Step): Promise<Click> {
  await button.waitFor();
  await actor.page.evaluate(() => way.begin());
  await onlooker.page.evaluate(() => way.begin());
  const showing = onlooker.page.evaluate((words) => rows.rowWith(words), row);
  await button.click();
  const shownAt = await showing;
  const toldAt = await onlooker.page.evaluate((words) => way.messageWith(words), event);
  if (toldAt === undefined) throw new Error(`the row "${row.join(", ")}" came without an event`);
  const call = () => actor.page.evaluate(() => way.call);
  await waitUntil(async () => (await call()) !== undefined, { what: "the answer to a click" });
  const { sentAt = 0, answeredAt = 0 } = (await call()) ?? {};
  const clickedAt = await actor.page.evaluate(() => way.clickedAt);
  const since = (time: number) => time - clickedAt;
  return {
    kind,
    sent: since(sentAt),
    answered: since(answeredAt),
    told: since(toldAt),
    shown: since(shownAt),
  };
}

/** Its page's clock minus this process's, from the quickest of several questions. */
async function clockOf({ page }: Screen): Promise<number> {
  const wallClock = () => performance.timeOrigin + performance.now();
  let [quickest, offset] = [Number.POSITIVE_INFINITY, 0];
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const asked = wallClock();
    const theirs = await page.evaluate(() => performance.timeOrigin + performance.now());
    const tookMs = wallClock() - asked;
    if (tookMs < quickest) [quickest, offset] = [tookMs, theirs - (asked + tookMs / 2)];
  }
  return offset;
}
