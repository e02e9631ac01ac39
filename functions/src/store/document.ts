/** Documents and the contract's objects. */
import { fromDocument, toDocument } from "@faultline/contract";
import { type DocumentSnapshot, Timestamp } from "firebase-admin/firestore";
import type { z } from "zod";
import { log } from "../log.ts";

/** The fields to store, with times as Timestamps. */
export function encode(value: object): Record<string, unknown> {
  return toDocument(value, (time) => Timestamp.fromDate(time));
}

/**
 * The object that a document holds, without fields that the schema does not know. `known` is what the path says and the
 * document need not repeat. Undefined when there is no document, or none that the schema takes: that is logged, since
 * one broken document must not take a whole list down.
 */
export function decode<S extends z.ZodObject>(
  schema: S,
  snapshot: DocumentSnapshot,
  known: Readonly<Record<string, unknown>> = {},
): z.output<S> | undefined {
  if (!snapshot.exists) return undefined;
  const fields = { ...fromDocument(snapshot.data() ?? {}), ...known };
  const result = schema.safeParse(pick(fields, Object.keys(schema.shape)));
  if (result.success) return result.data;
  const [problem] = result.error.issues;
  log("WARNING", "document malformed", {
    path: snapshot.ref.path,
    field: problem?.path.join("."),
    problem: problem?.message,
  });
  return undefined;
}

export function pick(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => name in fields).map((name) => [name, fields[name]]));
}
