/** Reads the logs of organizations. */
import { entryField, type LogEntry, logEntrySchema, redisKeys, startPosition } from "@faultline/contract";
import type { Redis } from "ioredis";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import type { Page, Placed } from "./sequence.ts";

export interface Log {
  /** The position of the newest entry, `startPosition` when there is none. */
  newest(organizationId: string): Promise<string>;
  /** The entries after a position, oldest first, at most `entriesPerPage`. */
  after(organizationId: string, position: string): Promise<Page>;
  /**
   * What the log has up to and with a position, newest first, at most `entriesPerPage`; nothing when it does not have the
   * position.
   */
  before(organizationId: string, position: string): Promise<readonly LinkedEntry[]>;
}

/** An entry, and the position of the one before it. */
export interface LinkedEntry extends Placed {
  readonly previous: string;
}

/** How many entries are read and parsed at a time, so that a long gap does not hold up everything else. */
export const entriesPerPage = 200;

type StoredEntry = readonly [id: string, fields: readonly string[]];

/** `metrics` counts nothing by default. */
export function createLog(
  redis: Pick<Redis, "xrange" | "xrevrange" | "xinfo">,
  metrics: Metrics = noMetrics,
): Log {
  return {
    async newest(organizationId) {
      const [entry] = await redis.xrevrange(redisKeys.log(organizationId), "+", "-", "COUNT", 1);
      metrics.logRead(entry ? 1 : 0);
      return entry?.[0] ?? startPosition;
    },
    async after(organizationId, position) {
      const key = redisKeys.log(organizationId);
      const count = entriesPerPage + 1;
      const isStart = position === startPosition;
      const stored = await redis.xrange(key, isStart ? "-" : position, "+", "COUNT", count);
      metrics.logRead(stored.length);
      // Entries go from the oldest on, so whoever still finds their own position has missed nothing.
      const isCovered = isStart ? await isWhole(redis, key) : stored[0]?.[0] === position;
      const entries = isStart ? stored : stored.slice(1);
      return {
        isCovered,
        isLast: stored.length < count,
        entries: entries.map((entry) => place(organizationId, entry)),
      };
    },
    async before(organizationId, position) {
      const key = redisKeys.log(organizationId);
      const stored = await redis.xrevrange(key, position, "-", "COUNT", entriesPerPage + 1);
      metrics.logRead(stored.length);
      if (stored[0]?.[0] !== position) return [];
      return stored.slice(0, -1).map((entry, at) => ({
        ...place(organizationId, entry),
        previous: stored[at + 1]?.[0] ?? startPosition,
      }));
    },
  };
}

/** Whether the log still has all that was ever appended. A Redis that does not count (before 7) is not trusted. */
async function isWhole(redis: Pick<Redis, "xinfo">, key: string): Promise<boolean> {
  const facts = await redis.xinfo("STREAM", key).catch((error: unknown) => {
    if (error instanceof Error && error.message.includes("no such key")) return [];
    throw error;
  });
  if (!Array.isArray(facts)) return false;
  const fact = (name: string): unknown => facts[facts.indexOf(name) + 1];
  return facts.length === 0 || fact("entries-added") === fact("length");
}

function place(organizationId: string, [position, fields]: StoredEntry): Placed {
  return { position, entry: parseEntry(organizationId, fields[fields.indexOf(entryField) + 1]) };
}

function parseEntry(organizationId: string, text: string | undefined): LogEntry | undefined {
  try {
    const { data } = logEntrySchema.safeParse(JSON.parse(text ?? ""));
    return data?.event.organizationId === organizationId ? data : undefined;
  } catch {
    return undefined;
  }
}
