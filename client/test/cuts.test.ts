import type { Issue } from "@faultline/contract";
import { waitUntil } from "@faultline/local/process";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { IssuesFilter } from "../src/index.ts";
import { quick } from "./clock.ts";
import { createBrowser } from "./locks.ts";
import { loseLog } from "./redis.ts";
import { leak, type Stack, startStack } from "./stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

/** Numbers from 0 to 1 that a seed decides. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** A viewer behind a proxy of its own, and what its list has shown that it must not. */
async function openViewer(filter: IssuesFilter, isBlocked: boolean, tabs = {}) {
  const proxy = await stack.proxy("relay");
  proxy.blockWebSockets(isBlocked);
  const client = stack.open({ relay: proxy.url, environment: { ...quick, ...tabs } });
  const issues = client.watchIssues(filter);
  const newest = new Map<string, number>();
  const problems: string[] = [];
  const check = () => {
    const { items, status } = issues.getSnapshot();
    if (status !== "ready") return;
    for (const { id, version } of items) {
      if (version < (newest.get(id) ?? 0)) problems.push(`${id} went back to ${version}`);
      newest.set(id, version);
    }
    if (new Set(items.map(({ id }) => id)).size < items.length) problems.push("an issue is there twice");
  };
  onTestFinished(issues.subscribe(check));
  return { proxy, issues, problems };
}

/** Changes one issue or another. */
async function change(random: () => number, ids: string[]): Promise<void> {
  const { issues } = stack.as();
  const id = ids[Math.floor(random() * ids.length)];
  const dice = random();
  if (id === undefined || dice < 0.3) ids.push((await issues.create({ ...leak, title: String(dice) })).id);
  else if (dice < 0.6) await issues.update(id, { title: String(dice) });
  else if (dice < 0.75) await issues.move(id, "resolve").catch(() => issues.move(id, "reopen"));
  else if (dice < 0.85) await issues.comment(id, String(dice));
  else {
    ids.splice(ids.indexOf(id), 1);
    await issues.remove(id);
  }
}

/** All pages of the server's list. */
async function everything(filter: IssuesFilter, cursor?: string): Promise<readonly Issue[]> {
  const { items, nextCursor } = await stack.as().issues.list({ ...filter, limit: 200, cursor });
  return nextCursor === undefined ? items : [...items, ...(await everything(filter, nextCursor))];
}

describe("whatever happens to the network", () => {
  const limit = Number.POSITIVE_INFINITY;
  it.each([1, 2, 3])("each list is in the end the server's, and never went back (seed %i)", async (seed) => {
    const random = randomOf(seed);
    const browser = createBrowser();
    const filters: readonly IssuesFilter[] = [
      { limit },
      { limit, status: "open" },
      { limit, sort: "-updatedAt" },
      { limit, buildingId: "library" },
    ];
    const viewers = await Promise.all([
      openViewer(filters[0] ?? {}, false),
      openViewer(filters[1] ?? {}, true),
      openViewer(filters[2] ?? {}, false, browser.openTab()),
      openViewer(filters[3] ?? {}, false, browser.openTab()),
    ]);
    await Promise.all(viewers.map(({ issues }) => issues.ready()));
    const ids: string[] = [];
    for (let step = 0; step < 120; step += 1) {
      const { proxy } = viewers[Math.floor(random() * viewers.length)] ?? viewers[0];
      const dice = random();
      if (dice < 0.08) proxy.cut();
      else if (dice < 0.2) proxy.heal();
      else if (dice < 0.21) await loseLog(stack.organizationId);
      else await change(random, ids);
    }
    for (const { proxy } of viewers) proxy.heal();
    for (const [at, { issues, problems }] of viewers.entries()) {
      const { limit: _, ...filter } = filters[at] ?? {};
      const truth = await everything(filter);
      const isRight = () => {
        const items = issues.getSnapshot().items.map(({ isPending: _, ...issue }) => issue);
        return JSON.stringify(items.map(essence)) === JSON.stringify(truth.map(essence));
      };
      await waitUntil(isRight, { what: `viewer ${at}`, timeoutMs: 10_000 });
      expect(problems).toEqual([]);
    }
  });
});

const essence = ({ id, version, title, status }: Issue) => [id, version, title, status];
