/** The measurement of the page, from the start of the stack to its end. */
import { type BurstOptions, measureBurst, type ViewUnderBurst } from "./burst.ts";
import { type Click, measureClicks } from "./clicks.ts";
import { type FirstRows, measureFirstRows } from "./first_rows.ts";
import type { View } from "./inputs.ts";
import { currentLoad, describeMachine, type Machine } from "./machine.ts";
import { listUnresolved, type Setting, startSetting } from "./setting.ts";

export interface PageOptions {
  readonly issues: number;
  readonly clicks: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly views: readonly View[];
  readonly profileDir: string | undefined;
  readonly log: (line: string) => void;
}

export interface PageResult {
  readonly measuredAt: string;
  readonly machine: Machine;
  /** Of the minute before its end; what it causes itself is in it. */
  readonly loadAtEnd: number;
  readonly chromium: string;
  readonly options: Pick<PageOptions, "issues" | "clicks" | "perSecond" | "seconds">;
  readonly clicks: readonly Click[];
  readonly skewMs: number;
  /** How many issues were unresolved when the views were measured. */
  readonly unresolved: number;
  readonly firstRows: FirstRows;
  readonly views: readonly ViewUnderBurst[];
}

export async function measurePage(options: PageOptions): Promise<PageResult> {
  const { issues, clicks: clickCount, perSecond, seconds, log } = options;
  const machine = describeMachine();
  const setting = await startSetting(issues);
  try {
    log(`the stack is up (load ${machine.load}); ${clickCount} clicks ...`);
    const { clicks, skewMs } = await measureClicks(setting, clickCount);
    const { items: buildings } = await setting.api.buildings.list();
    const unresolved = (await listUnresolved(setting.api)).length;
    log("opening the board ...");
    const screen = await setting.open("admin", "board");
    const firstRows = await measureFirstRows(screen, options.profileDir);
    const views = await measureViews(setting, screen, { ...options, buildings });
    return {
      measuredAt: new Date().toISOString().slice(0, 10),
      machine,
      loadAtEnd: currentLoad(),
      chromium: setting.chromiumVersion,
      options: { issues, clicks: clickCount, perSecond, seconds },
      clicks,
      skewMs,
      unresolved,
      firstRows,
      views,
    };
  } finally {
    await setting.close();
  }
}

async function measureViews(
  setting: Setting,
  screen: Awaited<ReturnType<Setting["open"]>>,
  options: PageOptions & Pick<BurstOptions, "buildings">,
): Promise<readonly ViewUnderBurst[]> {
  const { views, perSecond, seconds, log } = options;
  const measured: ViewUnderBurst[] = [];
  for (const view of views) {
    log(`${perSecond} changes a second for ${seconds} s, on the ${view} ...`);
    const open = (await listUnresolved(setting.api)).filter(({ status }) => status === "open");
    const targets = open.slice(0, perSecond * seconds);
    measured.push(await measureBurst(setting, screen, { ...options, view, targets }));
  }
  return measured;
}
