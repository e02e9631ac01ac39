import type { z } from "zod";
import { type ErrorReason, FaultlineError } from "./errors.ts";

/**
 * Parses `input` with `schema`, or throws a `FaultlineError` with `reason` that names the first field at fault.
 * `at` is put before the field's path ("query" gives "query.limit"). The input as a whole is called "body".
 */
export function parse<S extends z.ZodType>(
  schema: S,
  input: unknown,
  reason: ErrorReason = "body-invalid",
  at = "",
): z.output<S> {
  const result = check(schema, input);
  if (result.success) return result.data;
  const { path, message } = result.fault;
  const field = [at, ...path.map(String)].filter((part) => part !== "").join(".") || "body";
  throw new FaultlineError(reason, `${field}: ${message}`, { field });
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

type Checked<Output> =
  | { readonly success: true; readonly data: Output }
  | { readonly success: false; readonly fault: Fault };

function check<S extends z.ZodType>(schema: S, input: unknown): Checked<z.output<S>> {
  try {
    const result = schema.safeParse(input);
    if (result.success) return result;
    const [issue] = result.error.issues;
    return { success: false, fault: issue ? faultOf(issue) : notValid };
  } catch {
    // A check of a length compares whatever the caller calls "length", and throws where that is no number and can't be
    // made one: {"rooms": {"length": {"toString": 0, "valueOf": 0}}}. That is the caller's fault.
    return { success: false, fault: notValid };
  }
}

const notValid: Fault = { path: [], message: "not valid" };

/** The longest that a caller's own key is repeated in an error. */
const longestKey = 64;

/** A schema reports an unknown key, and what is wrong inside a union, on the object around it. */
function faultOf(issue: z.core.$ZodIssue): Fault {
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return { path: [...issue.path, key.slice(0, longestKey)], message: "is not a known field" };
  }
  if (issue.code === "invalid_union") {
    const inner = deepest(issue.errors.flatMap(([first]) => (first ? [faultOf(first)] : [])));
    if (inner) return { path: [...issue.path, ...inner.path], message: inner.message };
  }
  return issue;
}

/** The alternative that got furthest is the one that was meant, unless none got inside. */
function deepest(faults: readonly Fault[]): Fault | undefined {
  const [first] = faults.toSorted((a, b) => b.path.length - a.path.length);
  return first && first.path.length > 0 ? first : undefined;
}
