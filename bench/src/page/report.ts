/** The result as tables. */
import type { Memory, Usability, ViewUnderBurst } from "./burst.ts";
import type { Click } from "./clicks.ts";
import { type Summary, summarize, tenths } from "./figures.ts";
import type { PageResult } from "./run.ts";

export function formatPage(result: PageResult): string {
  const { machine, chromium, measuredAt, options } = result;
  return `# The dashboard, measured

Written by \`npm run bench:page\` on ${measuredAt}. ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, Node ${machine.node},
headless Chromium ${chromium} without a GPU. The machine's load was ${machine.load} before it began, and ${result.loadAtEnd} at its end. Browsers, functions, Firestore, Redis,
relays and what makes the changes share these cores: everything below includes their waiting for each other.

## From a click to another screen

${options.clicks} clicks in one browser, half of them moves of an issue, half reports, until the row of another browser, of another
user, says so. Milliseconds since the click's own time stamp. The two browsers' clocks are ${tenths(Math.abs(result.skewMs))} ms apart.

${clickTable(result.clicks)}

## ${result.unresolved} open issues

${firstRowsText(result)}

## ${options.perSecond} changes a second for ${options.seconds} s

That is what was asked for; how many the stack took is in the table. Made through the API while somebody types and scrolls in the page; "rest" is the same without changes. Input: from a key or a turn
of the wheel to the end of the frame after it.

${viewTable(result.views)}
`;
}

function clickTable(clicks: readonly Click[]): string {
  const stages: readonly (readonly [string, (click: Click) => number])[] = [
    ["click to request sent", ({ sent }) => sent],
    ["request sent to answer", ({ sent, answered }) => answered - sent],
    ["request sent to event at the other", ({ sent, told }) => told - sent],
    ["event to row at the other", ({ told, shown }) => shown - told],
    ["**click to other screen**", ({ shown }) => shown],
  ];
  const kinds = ["move", "report"] as const;
  const rows = [
    ...stages.map(([name, of]) => row(name, summarize(clicks.map(of)))),
    ...kinds.map((kind) => {
      const shown = clicks.filter((click) => click.kind === kind).map((click) => click.shown);
      return row(`of these, ${kind}s`, summarize(shown));
    }),
  ];
  return table(["", "p50", "p95", "p99", "longest"], rows);
}

function row(name: string, { p50, p95, p99, longest }: Summary): readonly (string | number)[] {
  return [name, p50, p95, p99, longest];
}

function firstRowsText({ firstRows }: PageResult): string {
  const { firstRowMs, allRowsMs, untilFirst, untilAll, longTasks } = firstRows;
  return table(
    ["board opened by one who is signed in", "ms", "requests", "kB fetched"],
    [
      ["until the first row", firstRowMs, untilFirst.requests, untilFirst.kilobytes],
      ["until all rows", allRowsMs, untilAll.requests, untilAll.kilobytes],
    ],
  ).concat(`\n\nLong tasks meanwhile: ${longTasks.count}, the longest ${longTasks.longestMs} ms.`);
}

function viewTable(views: readonly ViewUnderBurst[]): string {
  const line = (name: string, of: (view: ViewUnderBurst) => string | number) => [name, ...views.map(of)];
  const both = (name: string, of: (usability: Usability) => string | number) => [
    line(`${name}, rest`, ({ atRest }) => of(atRest)),
    line(`${name}, burst`, ({ inBurst }) => of(inBurst)),
  ];
  const rows = [
    line("changes answered a second", ({ burst }) => burst.perSecond),
    line("changes that failed", ({ burst }) => `${burst.failures.length} of ${burst.changes}`),
    line("API answer p50 / p99", ({ burst }) => pair(burst.answersMs)),
    line("messages the page got", ({ inBurst }) => inBurst.messages),
    ...both("long tasks", ({ longTasks }) => longTasks.count),
    ...both("longest task", ({ longTasks }) => longTasks.longestMs),
    ...both("long tasks in all", ({ longTasks }) => longTasks.totalMs),
    ...both("frame p50 / p95 / p99", ({ frameMs }) => `${frameMs.p50} / ${frameMs.p95} / ${frameMs.p99}`),
    ...both(
      "input p50 / p95 / longest",
      ({ inputMs }) => `${inputMs.p50} / ${inputMs.p95} / ${inputMs.longest}`,
    ),
    ...both("longest Event Timing", ({ longestEventMs }) => longestEventMs),
    line("message to row p50 / p99", ({ freshMs }) => (freshMs.count > 0 ? pair(freshMs) : "")),
    line("heap MiB before / at the end / after", ({ memory }) => memoryLine(memory, "heapMiB")),
    line("DOM nodes before / at the end / after", ({ memory }) => memoryLine(memory, "nodes")),
    line("right at the end", ({ truth }) => truth.compared),
    line("and that after", ({ truth }) => `${Math.round(truth.settledMs)} ms`),
  ];
  return table(["milliseconds, if not said otherwise", ...views.map(({ view }) => view)], rows);
}

const pair = ({ p50, p99 }: Summary) => `${p50} / ${p99}`;

function memoryLine({ before, end, after }: ViewUnderBurst["memory"], of: keyof Memory): string {
  return [before, end, after].map((memory) => memory[of]).join(" / ");
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
