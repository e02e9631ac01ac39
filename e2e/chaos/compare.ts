/** Whether clients of the same rooms were given the same: what the one was given, the others must not have missed. */
import { comparePositions, startPosition } from "@faultline/contract";
import type { Client } from "./client.ts";
import { describeEntry, type Entry } from "./ledger.ts";
import { type Problem, timeOf } from "./problem.ts";
import type { Fallback } from "./redis.ts";
import type { Interval } from "./view.ts";

/**
 * What some client was given and another, in whose stretch between two sync points it lies, was not; and who went on from
 * what was lost without being told.
 */
export function compare(
  clients: readonly Client[],
  given: Iterable<Entry>,
  fallbacks: readonly Fallback[],
): ReadonlyMap<Client, readonly Problem[]> {
  const log = [...given].sort((a, b) => comparePositions(a.position, b.position));
  return new Map(
    clients.map((client) => [
      client,
      [...missedOf(client, log, fallbacks), ...strandedOf(client, fallbacks)],
    ]),
  );
}

function missedOf(
  { view, options }: Client,
  log: readonly Entry[],
  fallbacks: readonly Fallback[],
): readonly Problem[] {
  const { organizationId, rooms } = options;
  const mine = log.filter(
    (entry) => entry.organizationId === organizationId && entry.rooms.some((room) => rooms.includes(room)),
  );
  return view.intervals.flatMap((interval) =>
    stretchOf(interval, mine, fallbacks).map((entry) =>
      problemAt(entry, `${describeEntry(entry)}, which others were given`),
    ),
  );
}

/** Those of the log that the interval spans and lacks, and that were still in the log at its end. */
function stretchOf(
  { since, seen }: Interval,
  log: readonly Entry[],
  fallbacks: readonly Fallback[],
): readonly Entry[] {
  const from = since ?? seen[0]?.position;
  const to = seen.at(-1)?.position;
  if (from === undefined || to === undefined) return [];
  const got = new Set(seen.map(({ position }) => position));
  const before = fallbacks.filter(({ at }) => at < timeOf(to));
  return log
    .slice(indexAfter(log, from), indexAfter(log, to))
    .filter((entry) => !got.has(entry.position) && !before.some((fallback) => isLost(entry, fallback)));
}

/** Whoever was given what a log then lost has to be told before anything later comes. */
function strandedOf({ view }: Client, fallbacks: readonly Fallback[]): readonly Problem[] {
  return fallbacks.flatMap((fallback) =>
    view.intervals.flatMap(({ seen }) => {
      const last = seen.at(-1);
      const lost = seen.find((entry) => isLost(entry, fallback));
      if (!lost || !last || timeOf(last.position) <= fallback.at) return [];
      return [problemAt(lost, `that ${describeEntry(lost)} was lost, before ${describeEntry(last)}`)];
    }),
  );
}

function isLost({ organizationId, position }: Entry, { at, heads }: Fallback): boolean {
  const head = heads.get(organizationId) ?? startPosition;
  return timeOf(position) <= at && comparePositions(position, head) > 0;
}

function problemAt({ position }: Entry, what: string): Problem {
  return { kind: "missed", what, at: timeOf(position) };
}

/** Where the entries after a position begin. */
function indexAfter(log: readonly Entry[], position: string): number {
  let [low, high] = [0, log.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const isAfter = comparePositions(log[middle]?.position ?? position, position) > 0;
    if (isAfter) high = middle;
    else low = middle + 1;
  }
  return low;
}
