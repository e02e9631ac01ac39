/** People with browsers of their own, on the stack that all files share. */
import { existsSync } from "node:fs";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { sharedStack } from "../support/shared_stack.ts";
import type { Stack } from "../support/stack.ts";
import { findChromium, openBrowser, type Visitor, visit } from "./browser.ts";

/** Where Chromium is; undefined: tests that need it have to be skipped. */
export const chromium = findChromium(existsSync);

export interface Visit {
  /** A demo user: "manager", or "admin@hillcrest.test" of another organization. Default: nobody is signed in. */
  readonly as?: string;
  readonly screen?: BrowserContextOptions;
  /** What is another in `config.json` than the stack says. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface Visitors {
  /** Somebody who leaves, without an error on their page, when the test is over. */
  open(path: string, visit?: Visit): Promise<Visitor>;
  /** Once the tests run. */
  stack(): Stack;
}

/** Sets up a browser for the tests of a `describe`. */
export function useVisitors(): Visitors {
  let stack: Stack;
  let browser: Browser;
  beforeAll(async () => {
    stack = await sharedStack();
    browser = await openBrowser(chromium ?? "");
  });
  afterAll(() => browser?.close());
  return {
    stack: () => stack,
    async open(path, { as, screen, config } = {}) {
      const visitor = await visit(browser, {
        url: `${stack.addresses.hosting}${path}`,
        ...(as !== undefined && { email: as.includes("@") ? as : `${as}@riverside.test` }),
        ...(screen && { screen }),
        ...(config && { config }),
      });
      onTestFinished(async () => {
        await visitor.context.close();
        expect(visitor.errors).toEqual([]);
      });
      return visitor;
    },
  };
}
