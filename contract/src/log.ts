/** The log of an organization in Redis, and the push that follows an append: what publisher and relay agree on. */
import { z } from "zod";
import { type LogEvent, logEventSchema } from "./events.ts";
import { type HeatCell, heatCellSchema } from "./heat.ts";

/**
 * A position: milliseconds and a sequence number, as a Redis stream id. Opaque to clients. Without leading zeros, so
 * that equal positions are equal strings, and of at most 15 digits, which a number holds exactly.
 */
export const positionSchema = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})-(0|[1-9]\d{0,14})$/, "must be a position that the relay sent");

/** The position before the first entry. */
export const startPosition = "0-0";

/** Less than, equal to or greater than zero, as `a` lies before, at or after `b`. */
export function comparePositions(a: string, b: string): number {
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
  /** Of the request that made the change, where that is traced. */
  readonly traceparent?: string | undefined;
}

export const logEntrySchema = z.object({
  event: logEventSchema,
  cells: z.array(heatCellSchema),
  // What is traced wrongly is delivered all the same.
  traceparent: traceparentSchema.optional().catch(undefined),
});

/** What is pushed to every relay after an append. */
export interface Push extends LogEntry {
  readonly position: string;
  /** The position of the entry before it, `startPosition` for the first. */
  readonly previous: string;
}

/** The name under which a push travels between servers (Socket.IO's `serverSideEmit`). */
export const pushName = "faultline:push";

/** The stream's one field: the entry as JSON. */
export const entryField = "entry";

/** Redis keys. The braces are a hash tag: all keys of an organization live in one slot of a Redis Cluster. */
export const redisKeys = {
  /** The stream. */
  log: (organizationId: string) => `faultline:{${organizationId}}:log`,
  /** A hash per document: version or event id -> the positions it was given. */
  published: (organizationId: string, document: string) =>
    `faultline:{${organizationId}}:published:${document}`,
  /** The newest change of a member, as JSON. */
  memberChange: (uid: string) => `faultline:member:${uid}`,
  /** A stream ticket. */
  ticket: (ticketHash: string) => `faultline:ticket:${ticketHash}`,
} as const;

/** How much of the log is kept by default; older positions can't be resumed from. */
export const logRetention = { entries: 5_000, seconds: 24 * 3_600 } as const;
