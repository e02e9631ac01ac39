/** The browser's own EventSource, in the program that the documentation shows. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { waitUntil } from "@faultline/local/process";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { hasBrowser, openBrowser } from "./browser.ts";
import { leak, type Stack, startStack } from "./stack.ts";

let stack: Stack;
let follow: string;
beforeAll(async () => {
  stack = await startStack();
  const text = await readFile(join(rootDir, "docs", "OTHER_CLIENTS.md"), "utf8");
  const [, code = ""] = /^```js\n([\s\S]*?)^```/m.exec(text) ?? [];
  follow = code.replace("export function follow", "globalThis.follow = function follow");
});

const timeouts = { timeoutMs: 40_000 };

/** Titles of the issues of which the page was told, in order. */
const titlesOn = (page: Page) => page.evaluate<readonly string[]>("titles");
const report = async (title: string) => (await stack.as().issues.create({ ...leak, title })).id;

/** A page that follows the organization, once it is told of what happens. */
async function openFollower(): Promise<Page> {
  const browser = await openBrowser();
  const rooms = [`org:${stack.organizationId}`];
  const page = await browser.openTab(`
    ${follow}
    globalThis.titles = [];
    globalThis.states = 0;
    globalThis.lost = 0;
    globalThis.end = globalThis.follow({
      relay: ${JSON.stringify(stack.relay)},
      rooms: ${JSON.stringify(rooms)},
      getToken: async () => ${JSON.stringify(stack.token())},
      onEvent({ data }) {
        if (data.issue) titles.push(data.issue.title);
        else states += 1;
      },
      onLost() { lost += 1; },
    });
  `);
  await waitUntil(() => page.evaluate<boolean>("states > 0"), { what: "the state", ...timeouts });
  return page;
}

describe.skipIf(!hasBrowser)("a browser's EventSource", { timeout: 120_000 }, () => {
  it("gets events by a ticket, and after the relay was killed what it missed, each once", async () => {
    const page = await openFollower();
    await report("Before");
    await waitUntil(async () => (await titlesOn(page)).includes("Before"), {
      what: "the first",
      ...timeouts,
    });
    await stack.killRelay();
    await report("Meanwhile");
    await report("And meanwhile");
    await stack.startRelay();
    await waitUntil(async () => (await titlesOn(page)).length >= 3, { what: "what was missed", ...timeouts });
    await report("After");
    await waitUntil(async () => (await titlesOn(page)).includes("After"), { what: "the last", ...timeouts });
    expect(await titlesOn(page)).toEqual(["Before", "Meanwhile", "And meanwhile", "After"]);
    expect(await page.evaluate("lost")).toBe(0);
  });

  it("that got no event before the relay was killed comes back from where it began", async () => {
    const page = await openFollower();
    await stack.killRelay();
    await report("Missed");
    await stack.startRelay();
    await waitUntil(async () => (await titlesOn(page)).includes("Missed"), {
      what: "what was missed",
      ...timeouts,
    });
    expect(await titlesOn(page)).toEqual(["Missed"]);
    expect(await page.evaluate("lost")).toBe(0);
  });

  it("can't come back by itself, since its ticket is used up: it is closed for good", async () => {
    const browser = await openBrowser();
    const headers = { Authorization: `Bearer ${stack.token()}` };
    const answer = await fetch(`${stack.relay}/api/realtime/tickets`, { method: "POST", headers });
    const { ticket } = (await answer.json()) as { readonly ticket: string };
    const page = await browser.openTab(
      `globalThis.source = new EventSource("${stack.relay}/api/realtime/events?ticket=${ticket}");`,
    );
    const isIn = (state: "OPEN" | "CLOSED") =>
      waitUntil(() => page.evaluate<boolean>(`source.readyState === EventSource.${state}`), {
        what: state,
        ...timeouts,
      });
    await isIn("OPEN");
    await stack.killRelay();
    await stack.startRelay();
    await isIn("CLOSED");
    const again = await fetch(`${stack.relay}/api/realtime/events?ticket=${ticket}`);
    expect([again.status, await again.json()]).toMatchObject([401, { reason: "ticket-invalid" }]);
  });
});
