/** What a client is told of an error. */
import { type FaultlineError, toFaultlineError } from "@faultline/contract";
import type { Logger } from "pino";

/** The error for the client; what it is not told, or can't do anything about, is logged. */
export function refusalOf(error: unknown, logger: Logger): FaultlineError {
  const refusal = toFaultlineError(error);
  if (refusal.reason === "internal") logger.error({ error }, "a request failed");
  // During an outage every client asks again and again: one line each, without a stack.
  if (refusal.reason === "unavailable") logger.warn({ cause: String(refusal.cause ?? "") }, refusal.message);
  return refusal;
}
