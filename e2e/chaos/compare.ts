/** Whether clients of the same rooms were given the same: what the one was given, the others must not have missed. */
import { comparePositions } from "@faultline/contract";
import type { Client } from "./client.ts";
import { describeEntry, type Entry } from "./ledger.ts";
import { type Problem, timeOf } from "./problem.ts";
import type { Interval } from "./view.ts";

/**
 * What some client was given and another, in whose stretch between two sync points it lies, was not. What was given at a
 * second position, too, is left out: the first was lost with the Redis that it was in.
 */
export function compare(
  clients: readonly Client[],
  given: Iterable<Entry>,
): ReadonlyMap<Client, readonly Problem[]> {
  const log = onlyOnce([...given]).sort((a, b) => comparePositions(a.position, b.position));
  return new Map(clients.map((client) => [client, missedOf(client, log)]));
}

function onlyOnce(entries: readonly Entry[]): Entry[] {
  const keyOf = ({ subject, version, type }: Entry) => `${subject} ${version} ${type}`;
  const times = new Map<string, number>();
  for (const entry of entries) times.set(keyOf(entry), (times.get(keyOf(entry)) ?? 0) + 1);
  return entries.filter((entry) => times.get(keyOf(entry)) === 1);
}

function missedOf({ view, options }: Client, log: readonly Entry[]): readonly Problem[] {
  const { organizationId, rooms } = options;
  const mine = log.filter(
    (entry) => entry.organizationId === organizationId && entry.rooms.some((room) => rooms.includes(room)),
  );
  return view.intervals.flatMap((interval) =>
    stretchOf(interval, mine).map((entry) => ({
      kind: "missed" as const,
      what: `${describeEntry(entry)}, which others were given`,
      at: timeOf(entry.position),
    })),
  );
}

/** Those of the log that the interval spans and lacks. */
function stretchOf({ since, seen }: Interval, log: readonly Entry[]): readonly Entry[] {
  const from = since ?? seen[0]?.position;
  const to = seen.at(-1)?.position;
  if (from === undefined || to === undefined) return [];
  const got = new Set(seen.map(({ position }) => position));
  return log.slice(indexAfter(log, from), indexAfter(log, to)).filter(({ position }) => !got.has(position));
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
