/** Whether what a client received is what was committed: against Firestore and each issue's history there. */
import { type HeatCell, sumCells } from "@faultline/contract";
import type { Client } from "./client.ts";
import { canonical } from "./digest.ts";
import { describeEntry, type Entry } from "./ledger.ts";
import { type Problem, type ProblemKind, timeOf } from "./problem.ts";
import type { History, Told, Truth } from "./truth.ts";
import type { Interval, Known } from "./view.ts";

/** What is wrong with a client. */
export function check(client: Client, truth: Truth): readonly Problem[] {
  const { problems, intervals } = client.view;
  return [
    ...problems,
    ...intervals.flatMap((interval, index) => checkInterval(interval, truth, index === intervals.length - 1)),
    ...checkState(client, truth),
  ];
}

/** What is wrong with what a client ends up with. */
export function checkState(client: Client, truth: Truth): readonly Problem[] {
  return [...checkIssues(client, truth), ...checkCells(client, truth), ...checkStats(client, truth)];
}

function checkIssues({ view, options }: Client, { histories }: Truth): readonly Problem[] {
  const actual = view.issues();
  return [...histories].flatMap(([id, { issue, rooms, told }]) => {
    const expected = rooms.some((room) => options.rooms.includes(room)) ? issue : undefined;
    if (actual.get(id)?.digest === expected?.digest) return [];
    const last = told.at(-1)?.version;
    return differs(
      `issue ${id.slice(0, 8)} is ${describe(actual.get(id))}, in Firestore ${describe(expected)}, its history ends with v${last}`,
    );
  });
}

function differs(what: string): readonly Problem[] {
  return [{ kind: "differs", what, at: Date.now() }];
}

function describe(known: Known | undefined): string {
  return known ? `v${known.version}` : "not there";
}

/** Between two sync points an issue's events are an unbroken stretch of its history; the last one reaches its end. */
function checkInterval(
  { seen, fetched }: Interval,
  { histories }: Truth,
  isLast: boolean,
): readonly Problem[] {
  const bySubject = new Map<string, Entry[]>();
  for (const entry of seen) {
    if (entry.type === "maintenance:alert") continue;
    const known = bySubject.get(entry.subject);
    if (known) known.push(entry);
    else bySubject.set(entry.subject, [entry]);
  }
  return [...bySubject].flatMap(([id, mine]) => {
    const told = histories.get(id)?.told ?? [];
    return checkStretch(mine, told, { fetched: fetched?.get(id)?.version, isLast });
  });
}

interface Around {
  /** The version that was fetched at the interval's beginning: none of an issue that did not exist, or not any more. */
  readonly fetched: number | undefined;
  readonly isLast: boolean;
}

function checkStretch(
  seen: readonly Entry[],
  told: readonly Told[],
  { fetched, isLast }: Around,
): readonly Problem[] {
  const problems: Problem[] = [];
  const [first] = seen;
  const add = (kind: ProblemKind, what: string, { position, subject }: Entry) =>
    problems.push({ kind, what: `${what}, of issue ${subject.slice(0, 8)}`, at: timeOf(position) });
  let next = told.findIndex((one) => first && isSame(one, first));
  const before = told[next - 1];
  if (first && before && fetched !== undefined && fetched < before.version)
    add("missed", `${nameOf(before)}, v${fetched} was fetched`, first);
  for (const entry of seen) {
    const at = told.findIndex((one) => isSame(one, entry));
    const verdict = judge(told, entry, { at, next });
    if (verdict) add(...verdict, entry);
    if (at >= 0) next = at + 1;
  }
  const last = seen.at(-1);
  const rest = told.slice(next).filter(({ version }) => version > (fetched ?? 0));
  if (isLast && last && rest.length > 0) add("missed", `${rest.map(nameOf)} at the end`, last);
  return problems;
}

/** `at` is where the event stands in its issue's history, `next` where it should. */
function judge(
  told: readonly Told[],
  entry: Entry,
  { at, next }: { readonly at: number; readonly next: number },
): readonly [ProblemKind, string] | undefined {
  if (at === next && at >= 0) return undefined;
  if (at < 0) return ["foreign", `${describeEntry(entry)} is not in the history`];
  if (at > next) return ["missed", `${told.slice(next, at).map(nameOf)} before ${describeEntry(entry)}`];
  const kind = told[next - 1]?.version === entry.version ? "repeated" : "wentBack";
  return [kind, `${describeEntry(entry)} came after ${told.slice(at, next).map(nameOf)}`];
}

function isSame(one: Told, entry: Entry): boolean {
  return one.version === entry.version && one.type === entry.type;
}

function nameOf({ version, type }: History["told"][number]): string {
  return `v${version} ${type}`;
}

/** Cells show in a client that is in a room of the organization or a campus. */
function checkCells({ view, options }: Client, { cells }: Truth): readonly Problem[] {
  const { rooms, organizationId } = options;
  const isEverywhere = rooms.includes(`org:${organizationId}`) || rooms.includes(`heatmap:${organizationId}`);
  return cells
    .filter(({ campusId }) => isEverywhere || rooms.includes(`campus:${campusId}`))
    .flatMap((cell) => {
      const known = view.cells.get(cell.buildingId);
      return canonical(known) === canonical(cell)
        ? []
        : differs(`the cell of ${cell.buildingId} is v${known?.version}, in Firestore v${cell.version}`);
    });
}

function checkStats({ view, options }: Client, { cells }: Truth): readonly Problem[] {
  return options.rooms
    .filter((room) => !room.startsWith("heatmap:"))
    .flatMap((room) => {
      const expected = sumCells(cells.filter((cell) => isIn(options.organizationId, cell, room)));
      const known = view.stats.get(room);
      return canonical(known) === canonical(expected)
        ? []
        : differs(`the stats of ${room} have ${known?.total} issues, in Firestore ${expected.total}`);
    });
}

function isIn(organizationId: string, { campusId, buildingId }: HeatCell, room: string): boolean {
  return [`org:${organizationId}`, `campus:${campusId}`, `building:${buildingId}`].includes(room);
}
