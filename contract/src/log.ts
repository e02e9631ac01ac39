/** The log of an organization in Redis, and the push that follows an append: what publisher and relay agree on. */
import { z } from "zod";
import { idSchema } from "./base.ts";
import { type LogEvent, logEventSchema } from "./events.ts";
import { type HeatCell, heatCellSchema } from "./heat.ts";

/**
 * A position: milliseconds and a sequence number, as a Redis stream id. Opaque to clients. Without leading zeros, so
 * that equal positions are equal strings, and of at most 15 digits, which a number holds exactly.
 */
export const positionSchema = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})-(0|[1-9]\d{0,14})$/, "must be a position that the relay sent");

/** Lies before every entry of every log, and is the position of nothing. */
export const startPosition = "0-0";

/**
 * A position for the beginning of a new log: before its first entry, and no other log's. So whoever has a position of a
 * log that was lost is never taken for somebody who has everything of the one that follows it.
 */
export function newBeginning(): string {
  return `0-${1 + Math.floor(Math.random() * 999_999_999_999_999)}`;
}

/** Less than, equal to or greater than zero, as `a` lies before, at or after `b`. */
export function comparePositions(a: string, b: string): number {
  // Numbers of the same length, without leading zeros, are in the order of their texts: nearly always, and cheap.
  if (a.length === b.length && a.indexOf("-") === b.indexOf("-")) return a < b ? -1 : a > b ? 1 : 0;
  const [aTime = 0, aSequence = 0] = a.split("-").map(Number);
  const [bTime = 0, bSequence = 0] = b.split("-").map(Number);
  return aTime - bTime || aSequence - bSequence;
}

/** A W3C trace context: version, trace, span, flags; https://www.w3.org/TR/trace-context */
export const traceparentSchema = z
  .string()
  .regex(/^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/, "must be a traceparent");

/** What one entry of the log holds: an event, and the heat cells that the same write left. */
export interface LogEntry {
  readonly event: LogEvent;
  readonly cells: readonly HeatCell[];
  /**
   * The buildings whose rooms get an event that names no building, an alert for a whole campus. Not a part of the event:
   * who watches one building need not learn of the others.
   */
  readonly buildingIds?: readonly string[] | undefined;
  /** Of the request that made the change, where that is traced. */
  readonly traceparent?: string | undefined;
}

export const logEntrySchema = z.object({
  event: logEventSchema,
  cells: z.array(heatCellSchema),
  // The organization and the campus are told in any case.
  buildingIds: z.array(idSchema).optional().catch(undefined),
  // What is traced wrongly is delivered all the same.
  traceparent: traceparentSchema.optional().catch(undefined),
});

/** What is pushed to every relay after an append. */
export interface Push extends LogEntry {
  readonly position: string;
  /** The position of the entry before it, the log's beginning for the first. */
  readonly previous: string;
}

/** The name under which a push travels between servers (Socket.IO's `serverSideEmit`). */
export const pushName = "faultline:push";

/** A field of each of the stream's entries: the entry as JSON. */
export const entryField = "entry";
/** The other field: the position before it, by which entries that hang together are told from those that do not. */
export const previousField = "previous";

/** Redis keys. The braces are a hash tag: all keys of an organization live in one slot of a Redis Cluster. */
export const redisKeys = {
  /** The stream. */
  log: (organizationId: string) => `faultline:{${organizationId}}:log`,
  /** The position of the newest entry, or the beginning of a log that has none: known for longer than the entries. */
  head: (organizationId: string) => `faultline:{${organizationId}}:head`,
  /** A hash per document: version or event id -> the positions it was given. */
  published: (organizationId: string, document: string) =>
    `faultline:{${organizationId}}:published:${document}`,
  /** The newest change of a member, as JSON. */
  memberChange: (uid: string) => `faultline:member:${uid}`,
  /** A stream ticket. */
  ticket: (ticketHash: string) => `faultline:ticket:${ticketHash}`,
} as const;

/** How long the head is kept after it was last asked for or written, in seconds. */
export const headSeconds = 30 * 24 * 3_600;

/** How much of the log is kept by default; older positions can't be resumed from. */
export const logRetention = { entries: 5_000, seconds: 24 * 3_600 } as const;
