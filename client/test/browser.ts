/** A real browser, in which several tabs of a page run the client. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { rootDir } from "@faultline/local/emulators";
import { startProcess } from "@faultline/local/process";
import { findChromium } from "@faultline/local/testing/wanted";
import { build } from "esbuild";
import { onTestFinished } from "vitest";
import type { ConnectionState } from "../src/index.ts";

const program = findChromium();
export const hasBrowser = program !== undefined;

/** What a tab tells of itself each time something has changed. */
export interface TabReport {
  readonly tab: number;
  readonly connection: ConnectionState;
  readonly titles: readonly string[];
}

export interface BrowserOptions {
  readonly api: string;
  readonly relay: string;
  readonly token: string;
  readonly tabs: number;
}

export interface Browser {
  /** The newest report of each tab that is open. */
  reports(): readonly TabReport[];
  /** Closes a tab. */
  closeTab(tab: number): void;
}

const tabProgram = `
  import { createFaultline } from "./src/index.ts";
  const { api, relay, token } = config;
  const tab = Number(location.search.slice(1));
  const faultline = createFaultline({ api, relay, getToken: () => token });
  const issues = faultline.watchIssues();
  const report = () => {
    const titles = issues.getSnapshot().items.map(({ title }) => title);
    const connection = faultline.connection.getSnapshot();
    void fetch("/report", { method: "POST", body: JSON.stringify({ tab, connection, titles }) });
  };
  issues.subscribe(report);
  faultline.connection.subscribe(report);
`;

/** Frames of one origin share locks and channels, as tabs do. */
const pageProgram = `
  const open = new Map();
  const look = async () => {
    const wanted = await (await fetch("/tabs")).json();
    for (const [tab, frame] of open) if (!wanted.includes(tab)) frame.remove();
    for (const tab of wanted) if (!open.has(tab)) {
      const frame = Object.assign(document.createElement("iframe"), { src: "/tab?" + tab });
      open.set(tab, document.body.appendChild(frame));
    }
    setTimeout(look, 100);
  };
  look();
`;

/** Opens as many tabs as are asked for; ended after the test. */
export async function openBrowser({ tabs, ...config }: BrowserOptions): Promise<Browser> {
  const wanted = new Set(Array.from({ length: tabs }, (_, tab) => tab));
  const newest = new Map<number, TabReport>();
  const bundle = await bundleTab();
  const page = (script: string) => `<!doctype html><body><script>${script}</script>`;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [path] = (request.url ?? "").split("?");
    if (path === "/report") {
      const report = JSON.parse(await text(request)) as TabReport;
      newest.set(report.tab, report);
      response.end();
    } else if (path === "/tabs") response.end(JSON.stringify([...wanted]));
    else if (path === "/tab") response.end(page(`const config = ${JSON.stringify(config)};${bundle}`));
    else response.end(page(pageProgram));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const profile = await mkdtemp(join(tmpdir(), "faultline-browser-"));
  const browser = startProcess(program ?? "", [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    `--user-data-dir=${profile}`,
    "--remote-debugging-port=0",
    `http://127.0.0.1:${port}/`,
  ]);
  onTestFinished(async () => {
    await browser.stop();
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    reports: () => [...wanted].flatMap((tab) => newest.get(tab) ?? []),
    closeTab: (tab) => wanted.delete(tab),
  };
}

async function bundleTab(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: tabProgram, resolveDir: join(rootDir, "client"), loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
  });
  return outputFiles[0]?.text.replaceAll("</script", "<\\/script") ?? "";
}
