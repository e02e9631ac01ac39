/** How long the board takes to show issues when it is opened, and what it fetches for that. */
import type { CDPSession } from "playwright-core";
import { profile } from "./profile.ts";
import type { Screen } from "./setting.ts";

export interface Fetched {
  readonly requests: number;
  readonly kilobytes: number;
}

export interface FirstRows {
  /** Since the navigation. */
  readonly firstRowMs: number;
  readonly allRowsMs: number;
  readonly untilFirst: Fetched;
  readonly untilAll: Fetched;
  /** Until all rows were there. */
  readonly longTasks: { readonly count: number; readonly longestMs: number };
}

export async function measureFirstRows(
  { page, devtools, goto }: Screen,
  profileDir: string | undefined,
): Promise<FirstRows> {
  const network = await countNetwork(devtools);
  return profile(devtools, profileDir, "first-rows", async () => {
    await goto("board?sort=created");
    await page.locator(".row-title").first().waitFor();
    const untilFirst = network();
    await page.locator('.grid[aria-busy="false"]').waitFor({ timeout: 120_000 });
    const untilAll = network();
    const { firstAt, wholeAt } = await page.evaluate(() => ({ ...rows }));
    const { longTasks } = await page.evaluate(() => strain.period);
    return {
      firstRowMs: Math.round(firstAt),
      allRowsMs: Math.round(wholeAt),
      untilFirst,
      untilAll,
      longTasks: {
        count: longTasks.length,
        longestMs: Math.round(Math.max(0, ...longTasks.map(({ ms }) => ms))),
      },
    };
  });
}

/** Everything that is fetched from now on, as it goes over the line, what the cache gives not counted. */
async function countNetwork(devtools: CDPSession): Promise<() => Fetched> {
  let [requests, bytes] = [0, 0];
  await devtools.send("Network.enable");
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
    if (encodedDataLength === 0) return;
    requests += 1;
    bytes += encodedDataLength;
  });
  return () => ({ requests, kilobytes: Math.round(bytes / 1_000) });
}
