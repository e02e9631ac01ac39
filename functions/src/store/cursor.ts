/** Cursors: where the next page begins, tied to the list they were made for. */
import { createHash } from "node:crypto";
import { FaultlineError } from "@faultline/contract";
import { type DocumentSnapshot, Timestamp } from "firebase-admin/firestore";
import { z } from "zod";

const cursorSchema = z.tuple([z.string(), z.int(), z.int().min(0).max(999_999_999), z.string().min(1)]);

/** The list that a cursor belongs to: everything that decides which documents come in which order. */
export function listKey(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 16);
}

/** The cursor after `last`; undefined when what the list is sorted by is not a time there. */
export function cursorAfter(key: string, last: DocumentSnapshot, sortField: string): string | undefined {
  const at: unknown = last.get(sortField);
  if (!(at instanceof Timestamp)) return undefined;
  return Buffer.from(JSON.stringify([key, at.seconds, at.nanoseconds, last.id])).toString("base64url");
}

/** What `startAfter` takes. Throws `cursor-invalid` for anything but a cursor of the list `key`. */
export function openCursor(key: string, cursor: string): readonly [Timestamp, string] {
  try {
    const [list, seconds, nanoseconds, id] = cursorSchema.parse(decodeJson(cursor));
    if (list === key) return [new Timestamp(seconds, nanoseconds), id];
  } catch {
    // Whatever is wrong with it, it was not made here.
  }
  throw invalidCursor();
}

export function invalidCursor(): FaultlineError {
  return new FaultlineError(
    "cursor-invalid",
    "cursor: not a cursor of this list with these filters and this sort; begin again without one.",
    { field: "cursor" },
  );
}

function decodeJson(cursor: string): unknown {
  return JSON.parse(Buffer.from(cursor, "base64url").toString());
}
