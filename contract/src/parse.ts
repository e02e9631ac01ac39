import type { z } from "zod";
import { type ErrorReason, FaultlineError } from "./errors.ts";

/**
 * Parses `input` with `schema`, or throws a `FaultlineError` with `reason` that names the first field at fault.
 * `at` is put before the field's path ("query" gives "query.limit").
 */
export function parse<S extends z.ZodType>(
  schema: S,
  input: unknown,
  reason: ErrorReason = "body-invalid",
  at = "",
): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = [at, ...(issue?.path ?? []), ...unknownKey(issue)].filter((part) => part !== "").join(".");
  const field = path || "body";
  throw new FaultlineError(reason, `${field}: ${issue?.message ?? "not valid"}`, { field });
}

/** A strict object reports unknown keys on the object itself; the caller wants the key. */
function unknownKey(issue: z.core.$ZodIssue | undefined): readonly string[] {
  return issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
}
