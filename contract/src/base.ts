/** The small schemas that the others are built from. */
import { z } from "zod";

/** An id of an organization, campus, building, issue or alert: safe in a document path, a room and a Redis key. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -");

/** A Firebase user id: up to 128 characters, never a path separator. */
export const uidSchema = z.string().regex(/^[^/\s]{1,128}$/, "must be a user id of 1 to 128 characters");

/** A moment, as ISO 8601 in UTC. */
export const timeSchema = z.iso.datetime({
  message: "must be an ISO 8601 time in UTC, such as 2026-01-31T08:00:00Z",
});

export const pointSchema = z.strictObject({
  lat: z.number().min(-90).max(90),
  lng: z.number().min(-180).max(180),
});
export type Point = z.infer<typeof pointSchema>;

/** Text without surrounding space or control characters (a line break is allowed). */
export const textSchema = (longest: number, shortest = 1) =>
  z
    .string()
    .trim()
    .min(shortest, shortest === 1 ? "must not be empty" : undefined)
    .max(longest, `must be at most ${longest} characters`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, "must not contain control characters");
