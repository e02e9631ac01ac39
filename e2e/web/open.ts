/** People on a stack's dashboard, and what others report meanwhile. */
import type { Browser, BrowserContextOptions } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { openRest } from "../support/doors.ts";
import type { Stack } from "../support/stack.ts";
import { type VisitOptions, type Visitor, visit } from "./browser.ts";

export interface OpenOptions extends Pick<VisitOptions, "prepare"> {
  /** A demo user of riverside, who is signed in. Default: nobody is. */
  readonly name?: string | undefined;
  readonly screen?: BrowserContextOptions | undefined;
  /** Where the page is served. Default: the stack's Hosting. */
  readonly hosting?: string;
  /** Takes what is done when the test is over; a test that runs beside others has its own. */
  readonly onFinished?: (act: () => Promise<void>) => void;
}

/** Somebody who leaves, without an error on their page, when the test is over. */
export async function openPage(
  { stack, browser }: { readonly stack: Stack; readonly browser: Browser },
  path: string,
  options: OpenOptions = {},
): Promise<Visitor> {
  const { name, screen, prepare, hosting = stack.addresses.hosting, onFinished = onTestFinished } = options;
  const visitor = await visit(browser, {
    url: `${hosting}${path}`,
    ...(name !== undefined && { email: `${name}@riverside.test` }),
    ...(screen && { screen }),
    ...(prepare && { prepare }),
  });
  onFinished(async () => {
    // A request that stood in for another may still be under way.
    await visitor.context.unrouteAll({ behavior: "ignoreErrors" });
    await visitor.context.close();
    expect(visitor.errors).toEqual([]);
  });
  return visitor;
}

export interface Report {
  readonly title: string;
  /** Default "library". */
  readonly buildingId?: string;
  readonly severity?: "low" | "medium" | "high" | "critical";
  /** Who reports it. Default "reporter". */
  readonly name?: string;
}

/** Gives the id of the new issue. */
export async function reportIssue(stack: Stack, report: Report): Promise<string> {
  const { title, buildingId = "library", severity = "high", name = "reporter" } = report;
  const rest = openRest(stack, `${name}@riverside.test`);
  return (await rest.create({ buildingId, title, description: "", category: "plumbing", severity })).id;
}
