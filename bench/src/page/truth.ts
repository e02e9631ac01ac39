/** Whether a page shows what the API says. */
import { isDeepStrictEqual } from "node:util";
import type { Api } from "@faultline/client";
import type { Issue, Status } from "@faultline/contract";
import { waitUntil } from "@faultline/local/process";
import type { Page } from "playwright-core";
import type { View } from "./inputs.ts";
import { listUnresolved } from "./setting.ts";

const patienceMs = 60_000;

export interface Truth {
  /** What was compared, in words. */
  readonly compared: string;
  /** From the question until both were the same. */
  readonly settledMs: number;
}

const labels: Readonly<Record<Status, string>> = {
  open: "Open",
  in_progress: "In progress",
  on_hold: "On hold",
  resolved: "Resolved",
  closed: "Closed",
};

/** Resolves when the page shows what the API says; rejects when it does not within a minute. */
export async function awaitTruth(page: Page, api: Api, view: View): Promise<Truth> {
  const begin = performance.now();
  const expected = await expectations[view](api);
  let shown: readonly string[] = [];
  await waitUntil(
    async () => {
      shown = await lines[view](page);
      return isDeepStrictEqual(shown, expected);
    },
    { what: `The ${view}, to show what the API says`, timeoutMs: patienceMs },
  ).catch((error: Error) => {
    const at = expected.findIndex((line, index) => line !== shown[index]);
    throw new Error(`${error.message}; line ${at}: "${shown[at]}", not "${expected[at]}"`);
  });
  const what = {
    board: "rows, each by title and status",
    map: "buildings with their weights",
    stats: "tiles",
  };
  return { compared: `${expected.length} ${what[view]}`, settledMs: performance.now() - begin };
}

const expectations: Readonly<Record<View, (api: Api) => Promise<readonly string[]>>> = {
  board: async (api) =>
    [...(await listUnresolved(api))]
      .sort(byCreation)
      .map(({ title, status }) => `${title} | ${labels[status]}`),
  async map(api) {
    const [{ cells }, { items }] = await Promise.all([api.heatmap.get(), api.buildings.list()]);
    const weights = new Map(cells.map(({ buildingId, weight }) => [buildingId, weight]));
    return items.map(({ id, name }) => `${name} | ${weights.get(id) ?? 0}`).sort();
  },
  async stats(api) {
    const { stats } = await api.stats.get();
    return [`Unresolved | ${stats.unresolved}`, `Critical | ${stats.bySeverity.critical}`];
  },
};

/** The board's order when it is sorted by when issues were reported. */
function byCreation(a: Issue, b: Issue): number {
  return compare(b.createdAt, a.createdAt) || compare(a.id, b.id);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const lines: Readonly<Record<View, (page: Page) => Promise<readonly string[]>>> = {
  board: readRows,
  map: async (page) =>
    page.locator(".building").evaluateAll((entries) =>
      entries
        .map((entry) => {
          const weight = entry.querySelector(".building-weight")?.lastChild?.textContent ?? "";
          return `${entry.querySelector("strong")?.textContent} | ${weight.replaceAll(",", "")}`;
        })
        .sort(),
    ),
  stats: async (page) => {
    const tiles = await page.locator(".tile").evaluateAll((all) =>
      all.map((tile) => {
        const value = tile.querySelector("dd")?.textContent?.replaceAll(",", "");
        return `${tile.querySelector("dt")?.textContent} | ${value}`;
      }),
    );
    return tiles.slice(0, 2);
  },
};

/** Every row of the board, read while the list is scrolled from its top to its end and back. */
function readRows(page: Page): Promise<readonly string[]> {
  return page.locator(".grid").evaluate(async (grid) => {
    const rows: string[] = [];
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    for (let top = 0; top < grid.scrollHeight; top += grid.clientHeight) {
      grid.scrollTop = top;
      await frame();
      await frame();
      for (const row of grid.querySelectorAll(".grid-body .row")) {
        const title = row.querySelector(".row-title")?.textContent;
        const status = row.querySelector(".cell-status")?.textContent;
        rows[Number(row.getAttribute("data-index"))] = `${title} | ${status}`;
      }
    }
    grid.scrollTop = 0;
    return rows;
  });
}
