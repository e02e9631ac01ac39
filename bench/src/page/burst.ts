/** How a view of the page bears a burst of changes while somebody uses it. */
import type { Building, Issue } from "@faultline/contract";
import type { CDPSession, Page } from "playwright-core";
import { type BurstResult, changeSteadily } from "./changes.ts";
import { mebibytes, type Summary, summarize, tenths } from "./figures.ts";
import { useFor, type View } from "./inputs.ts";
import { profile } from "./profile.ts";
import type { Screen, Setting } from "./setting.ts";
import { awaitTruth, type Truth } from "./truth.ts";
import type { Period } from "./witness/strain.ts";

export interface Usability {
  readonly longTasks: { readonly count: number; readonly longestMs: number; readonly totalMs: number };
  readonly frameMs: Summary;
  /** From a key or a turn of the wheel to the end of the frame after it. */
  readonly inputMs: Summary;
  /** The longest duration that the browser's Event Timing told of. */
  readonly longestEventMs: number;
  readonly messages: number;
}

export interface Memory {
  readonly heapMiB: number;
  readonly nodes: number;
}

export interface ViewUnderBurst {
  readonly view: View;
  /** The same use of the same page without changes. */
  readonly atRest: Usability;
  readonly inBurst: Usability;
  readonly burst: BurstResult;
  /** From the message to the row, of what was reported while the list was not scrolled; only the board has it. */
  readonly freshMs: Summary;
  /** After a garbage collection each, but for `end`. */
  readonly memory: { readonly before: Memory; readonly end: Memory; readonly after: Memory };
  readonly truth: Truth;
}

export interface BurstOptions {
  readonly view: View;
  readonly perSecond: number;
  readonly seconds: number;
  readonly targets: readonly Issue[];
  readonly buildings: readonly Building[];
  /** A folder for CPU profiles. Measuring with it is slower. */
  readonly profileDir: string | undefined;
}

const restSeconds = 8;

export async function measureBurst(
  { api }: Setting,
  { page, devtools, goto }: Screen,
  options: BurstOptions,
): Promise<ViewUnderBurst> {
  const { view, seconds, profileDir } = options;
  const prefix = `measurement of the ${view}`;
  await goto(view === "board" ? "board?sort=created" : view);
  await awaitTruth(page, api, view);
  await page.evaluate(() => strain.calm());
  const before = await memoryOf(devtools, true);
  const atRest = await during(page, () => useFor(page, view, restSeconds));
  await page.evaluate((text) => rows.noteTitles(text), prefix);
  const use = () => Promise.all([changeSteadily(api, { ...options, prefix }), useFor(page, view, seconds)]);
  let burst: BurstResult | undefined;
  const inBurst = await during(page, async () => {
    [burst] = await profile(devtools, profileDir, view, use);
  });
  if (!burst) throw new Error("the burst has not run");
  const end = await memoryOf(devtools, false);
  const freshMs = summarize(await freshness(page));
  const truth = await awaitTruth(page, api, view);
  const memory = { before, end, after: await memoryOf(devtools, true) };
  return { view, atRest, inBurst, burst, freshMs, memory, truth };
}

async function during(page: Page, act: () => Promise<void>): Promise<Usability> {
  await page.evaluate(() => {
    strain.begin();
    way.begin();
  });
  await act();
  const [period, messages] = await page.evaluate(() => [strain.period, way.messages] as const);
  return usabilityOf(period, messages);
}

function usabilityOf({ frames, longTasks, inputs, slowEvents }: Period, messages: number): Usability {
  const durations = longTasks.map(({ ms }) => ms);
  return {
    longTasks: {
      count: durations.length,
      longestMs: Math.round(Math.max(0, ...durations)),
      totalMs: Math.round(durations.reduce((sum, ms) => sum + ms, 0)),
    },
    frameMs: summarize(frames),
    inputMs: summarize(inputs),
    longestEventMs: tenths(Math.max(0, ...slowEvents)),
    messages,
  };
}

async function memoryOf(devtools: CDPSession, isCollected: boolean): Promise<Memory> {
  if (isCollected) await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  const { nodes } = await devtools.send("Memory.getDOMCounters");
  return { heapMiB: mebibytes(usedSize), nodes };
}

/** While the list is scrolled, its rows are held on purpose: what came then is left out. */
function freshness(page: Page): Promise<readonly number[]> {
  return page.evaluate(() =>
    Object.entries(rows.titles).flatMap(([title, at]) => {
      const toldAt = way.messageWith(['"issue:created"', title]);
      return toldAt !== undefined && toldAt < strain.period.scrolledAt ? [at - toldAt] : [];
    }),
  );
}
