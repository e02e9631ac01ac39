/** People with browsers of their own on a stack's dashboard. */
import { findChromium } from "@faultline/local/testing/wanted";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { sharedStack } from "../support/shared_stack.ts";
import type { Stack } from "../support/stack.ts";
import { openBrowser, type VisitOptions, type Visitor, visit } from "./browser.ts";

/** Where Chromium is; undefined: tests that need it have to be skipped. */
export const chromium = findChromium();

export interface Visit extends Omit<VisitOptions, "url" | "email"> {
  /** A demo user: "manager", or "admin@hillcrest.test" of another organization. Default: nobody is signed in. */
  readonly as?: string;
  /** Where the page is served. Default: the stack's Hosting. */
  readonly hosting?: string;
  /** Takes what is done when the test is over; a test that runs beside others has its own. */
  readonly onFinished?: (act: () => Promise<void>) => void;
}

export interface Visitors<S extends Stack> {
  /** Somebody who leaves, without an error on their page, when the test is over. */
  open(path: string, visit?: Visit): Promise<Visitor>;
  /** Once the tests run. */
  stack(): S;
}

/** Sets up a browser for the tests of a `describe`, on the stack that all files share. */
export function useVisitors(): Visitors<Stack> {
  return useVisitorsOf(sharedStack);
}

/** The same on another stack, which is not stopped here. */
export function useVisitorsOf<S extends Stack>(start: () => Promise<S>): Visitors<S> {
  let stack: S;
  let browser: Browser;
  beforeAll(async () => {
    stack = await start();
    browser = await openBrowser(chromium ?? "");
  });
  afterAll(() => browser?.close());
  return {
    stack: () => stack,
    async open(path, { as, hosting, onFinished = onTestFinished, ...options } = {}) {
      const visitor = await visit(browser, {
        url: `${hosting ?? stack.addresses.hosting}${path}`,
        ...(as !== undefined && { email: as.includes("@") ? as : `${as}@riverside.test` }),
        ...options,
      });
      onFinished(async () => {
        // A request that stood in for another may still be under way.
        await visitor.context.unrouteAll({ behavior: "ignoreErrors" });
        await visitor.context.close();
        expect(visitor.errors).toEqual([]);
      });
      return visitor;
    },
  };
}
