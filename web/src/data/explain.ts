import { Refusal } from "@faultline/client";
import { text } from "../text/index.ts";

/** Why something could not be done, in words for people. */
export function explain(error: unknown): string {
  if (error instanceof Refusal) return text.reason[error.reason] ?? error.message;
  return text.reason.unavailable ?? String(error);
}
