/** The real stack, its API as the admin calls it, and browsers that carry a witness. */
import { rm } from "node:fs/promises";
import { type Api, createApi } from "@faultline/client";
import type { Issue } from "@faultline/contract";
import { signInAs } from "@faultline/local/sign-in";
import { findChromium } from "@faultline/local/testing/wanted";
import type { Browser, CDPSession, Page } from "playwright-core";
import { type StackUnderTest, startStackUnderTest } from "../../../e2e/support/stack.ts";
import { openBrowser, signIn } from "../../../e2e/web/browser.ts";
import { prepareData } from "./data.ts";
import { installRows } from "./witness/rows.ts";
import { installStrain } from "./witness/strain.ts";
import { installWay } from "./witness/way.ts";

export interface Setting {
  readonly stack: StackUnderTest;
  readonly api: Api;
  readonly chromiumVersion: string;
  /** A browser of its own, with somebody who is signed in and looks at a view. */
  open(name: string, view: string): Promise<Screen>;
  close(): Promise<void>;
}

export interface Screen {
  readonly page: Page;
  readonly devtools: CDPSession;
  readonly browser: Browser;
  goto(view: string): Promise<void>;
}

/** The demo organization has at least so many open issues. */
export async function startSetting(open: number): Promise<Setting> {
  const program = findChromium();
  if (program === undefined) throw new Error("There is no Chromium; CHROMIUM can name one.");
  const dataDir = await prepareData(open);
  const stack = await startStackUnderTest({ FAULTLINE_DATA: dataDir });
  const { addresses } = stack;
  const browsers: Browser[] = [];
  const first = await openBrowser(program);
  browsers.push(first);
  const api = createApi({ api: addresses.api, getToken: signInAs("admin@riverside.test", addresses) });
  return {
    stack,
    api,
    chromiumVersion: first.version(),
    async open(name, view) {
      const browser = await openBrowser(program);
      browsers.push(browser);
      return openScreen(browser, addresses.hosting, name, view);
    },
    async close() {
      for (const browser of browsers) await browser.close();
      await stack.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function openScreen(browser: Browser, url: string, name: string, view: string): Promise<Screen> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  for (const install of [installWay, installStrain, installRows]) await context.addInitScript(install);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await page.goto(`${url}/${view}`);
  await signIn(page, `${name}@riverside.test`);
  const goto = async (to: string) => void (await page.goto(`${url}/${to}`));
  return { page, devtools, browser, goto };
}

/** All issues that are not resolved, as the API has them now. */
export async function listUnresolved(api: Api): Promise<readonly Issue[]> {
  const issues: Issue[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.issues.list({ status: ["open", "in_progress", "on_hold"], limit: 200, cursor });
    issues.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return issues;
}
