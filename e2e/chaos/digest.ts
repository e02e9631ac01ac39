/** Values, compared by what they say: a run has too many to keep them all. */
import { createHash } from "node:crypto";

/** Equal for equal values, whatever the order of their keys. */
export function digestOf(value: unknown): string {
  return createHash("sha1").update(canonical(value)).digest("base64");
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  const sorted = (_key: string, part: unknown) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort())
      : part;
  return JSON.stringify(value ?? null, sorted);
}
