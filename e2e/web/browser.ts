/** A real browser on the dashboard. */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { demoPassword } from "@faultline/local/settings";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";

/** Where screenshots go; git ignores it. */
const screenshotDir = join(rootDir, "screenshots");

export function openBrowser(executablePath: string): Promise<Browser> {
  const off = ["gpu", "quic", "background-networking", "component-update", "sync"];
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--no-first-run", ...off.map((name) => `--disable-${name}`)],
  });
}

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page itself reported as an error. */
  readonly errors: readonly string[];
}

export interface VisitOptions {
  readonly url: string;
  /** Who signs in; default nobody. */
  readonly email?: string;
  readonly screen?: BrowserContextOptions;
  /** What is another in `config.json` than the server says; undefined is not there. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Sets the profile up before its first page is opened. */
  readonly prepare?: (context: BrowserContext) => Promise<void>;
}

/** A person with a browser profile of their own; signed in when `email` is given. */
export async function visit(browser: Browser, options: VisitOptions): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options.screen });
  if (options.config) await reconfigure(context, options.config);
  await options.prepare?.(context);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error.stack)));
  await page.goto(options.url);
  if (options.email !== undefined) await signIn(page, options.email);
  return { page, context, errors };
}

async function reconfigure(context: BrowserContext, config: object): Promise<void> {
  await context.route("**/config.json", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...config } });
  });
}

/** One click on the local stack. Resolves when the page is live. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.getByRole("button", { name: email }).click();
  // What comes next must not lie under the pointer: a list that somebody points at holds still.
  await page.mouse.move(1, 1);
  await whenLive(page);
}

/** Through the form, for who is no demo user. Resolves when the page is live. */
export async function signInByForm(page: Page, email: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(demoPassword);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await whenLive(page);
}

/** Resolves when the page says that it is. */
export async function whenLive(page: Page): Promise<void> {
  await page.locator('.badge[data-tone="good"]').waitFor({ timeout: 60_000 });
}

/** Keeps what the page looks like, for people to look at. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await mkdir(screenshotDir, { recursive: true });
  await page.screenshot({ path: join(screenshotDir, `${name}.png`) });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const axeRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds wrong with the page as it is now, one line each. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  // Runs in the page, which knows axe by then.
  const run = `axe.run(document, { runOnly: ${JSON.stringify(axeRules)} }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`;
  return page.evaluate<readonly string[]>(run);
}
