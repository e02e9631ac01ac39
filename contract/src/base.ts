/** The small schemas that the others are built from. */
import { z } from "zod";

/**
 * An id of an organization, campus, building, issue or alert: safe in a document path, a room and a Redis key.
 * Firestore keeps names of the form __x__ for itself.
 */
export const idSchema = z
  .string()
  .regex(/^(?!__.*__$)[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -, and not __x__");

/** A Firebase user id that is also a document's name: no path separator, not "." or "..", not __x__. */
export const uidSchema = z
  .string()
  .regex(
    /^(?!\.{1,2}$)(?!__.*__$)[^/\s\p{Cc}\p{Cs}]{1,128}$/u,
    "must be a user id of 1 to 128 characters without spaces or slashes",
  );

const timeMessage = "must be an ISO 8601 time in UTC, such as 2026-01-31T08:00:00Z";

/** A moment, as ISO 8601 in UTC. A Firestore Timestamp begins with the year 1. */
export const timeSchema = z.iso.datetime({ message: timeMessage }).regex(/^(?!0000)/, timeMessage);

export const pointSchema = z.strictObject({
  lat: z.number().min(-90).max(90),
  lng: z.number().min(-180).max(180),
});
export type Point = z.infer<typeof pointSchema>;

/**
 * Text without surrounding space, control characters (tab and line break are allowed) or half a surrogate pair, which
 * Firestore refuses to store.
 */
export const textSchema = (longest: number, shortest = 1) =>
  z
    .string()
    .trim()
    .min(shortest, shortest === 1 ? "must not be empty" : undefined)
    .max(longest, `must be at most ${longest} characters`)
    .regex(/^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u, "must not contain control characters or broken Unicode");
