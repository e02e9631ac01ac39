/** A real browser, whose tabs run the client. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { findChromium } from "@faultline/local/testing/wanted";
import { build } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import type { ConnectionState, PendingWrite } from "../src/index.ts";

const program = findChromium();
export const hasBrowser = program !== undefined;

/** What a tab shows. */
export interface TabReport {
  readonly connection: ConnectionState;
  /** Of all issues. */
  readonly titles: readonly string[];
  readonly pending: readonly PendingWrite[];
}

export interface Browser {
  /** Opens a page that has only this script on it. */
  openTab(script: string): Promise<Page>;
}

/** Closed after the test. */
export async function openBrowser(): Promise<Browser> {
  const scripts: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    const script = scripts[Number(url.slice(2))]?.replaceAll("</script", "<\\/script");
    response.setHeader("Content-Type", "text/html");
    response.end(`<!doctype html><body><script type="module">${script}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const args = ["--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath: program ?? "", args });
  onTestFinished(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });
  const context = await browser.newContext();
  return {
    async openTab(script) {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/?${scripts.push(script) - 1}`);
      return page;
    },
  };
}

/** What tabs run: `faultline` and `report` are there for the test. */
export async function clientScript(config: {
  readonly api: string;
  readonly relay: string;
  readonly token: string;
}): Promise<string> {
  const contents = `
    import { createFaultline } from "./src/index.ts";
    const { token, ...addresses } = ${JSON.stringify(config)};
    const faultline = createFaultline({ ...addresses, getToken: () => token });
    const issues = faultline.watchIssues();
    issues.subscribe(() => {});
    const report = () => ({
      connection: faultline.connection.getSnapshot(),
      titles: issues.getSnapshot().items.map(({ title }) => title),
      pending: faultline.pending.getSnapshot(),
    });
    Object.assign(globalThis, { faultline, report });
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(rootDir, "client"), loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
  });
  return outputFiles[0]?.text ?? "";
}

/** Undefined while the page is being loaded. */
export const reportOf = (page: Page) => page.evaluate<TabReport | undefined>("globalThis.report?.()");
