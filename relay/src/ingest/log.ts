/** Reads the logs of organizations: chains, in which every entry names the one before it. */
import { entryField, headSeconds, newBeginning, previousField, redisKeys } from "@faultline/contract";
import type { ChainableCommander, Redis } from "ioredis";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { parseEntry } from "./entry.ts";
import type { Page, Placed } from "./sequence.ts";

export interface Log {
  /** The position of the newest entry, or the beginning of a log that has none; it is begun if there is no log. */
  newest(organizationId: string): Promise<string>;
  /** The entries after a position, oldest first, at most `entriesPerPage`. */
  after(organizationId: string, position: string): Promise<Page>;
  /**
   * What the log has up to and with a position, newest first, at most `entriesPerPage`; nothing when it does not have the
   * position.
   */
  before(organizationId: string, position: string): Promise<readonly Placed[]>;
}

/** How many entries are read and parsed at a time, so that a long gap does not hold up everything else. */
export const entriesPerPage = 200;

type Stored = readonly [id: string, fields: readonly string[]];

/** What is needed of Redis. */
export type LogRedis = Pick<Redis, "multi" | "getex" | "xrevrange">;

/** `metrics` counts nothing by default. Whoever reads keeps the head alive, so that watching is never in vain. */
export function createLog(
  redis: LogRedis,
  metrics: Metrics = noMetrics,
  pageEntries: number = entriesPerPage,
): Log {
  return {
    async newest(organizationId) {
      const head = redisKeys.head(organizationId);
      metrics.logRead(0);
      const known = await redis.getex(head, "EX", headSeconds);
      if (known !== null) return known;
      // Somebody else may begin it at the same time.
      const begin = redis.multi().set(head, newBeginning(), "EX", headSeconds, "NX");
      const [, position] = await run(begin.get(head));
      return String(position);
    },
    async after(organizationId, position) {
      const log = redisKeys.log(organizationId);
      const read = redis.multi().xrange(log, `(${position}`, "+", "COUNT", pageEntries);
      const results = await run(read.getex(redisKeys.head(organizationId), "EX", headSeconds));
      const [stored, head] = results as [readonly Stored[], string | null];
      metrics.logRead(stored.length);
      const entries = stored.map((entry) => place(organizationId, entry));
      return {
        // Where nothing follows, the head tells whether that is since nothing happened.
        isCovered: stored.length === 0 ? head === position : isChain(position, entries),
        isLast: stored.length < pageEntries,
        entries,
      };
    },
    async before(organizationId, position) {
      const log = redisKeys.log(organizationId);
      const stored = await redis.xrevrange(log, position, "-", "COUNT", pageEntries);
      metrics.logRead(stored.length);
      const entries = stored.map((entry) => place(organizationId, entry));
      return entries[0]?.position === position ? entries : [];
    },
  };
}

/** The results of a transaction; rejects if any of its commands failed. */
async function run(transaction: ChainableCommander): Promise<readonly unknown[]> {
  const results = (await transaction.exec()) ?? [];
  return results.map(([error, result]) => {
    if (error) throw error;
    return result;
  });
}

/** Whether nothing is missing between a position and these entries, or between them. */
function isChain(position: string, entries: readonly Placed[]): boolean {
  return entries.every(({ previous }, at) => previous === (entries[at - 1]?.position ?? position));
}

/** An entry without a link follows no position: it was not written by a publisher. */
function place(organizationId: string, [position, fields]: Stored): Placed {
  const find = (name: string) => (fields.includes(name) ? fields[fields.indexOf(name) + 1] : undefined) ?? "";
  const entry = parseEntry(organizationId, parseJson(find(entryField)));
  return { position, previous: find(previousField), entry };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
