/** Structured logs. Messages are stable, so that alerts can be written for them; no request or document is ever logged. */
import { write } from "firebase-functions/logger";

/** Every message, and when it is written. */
export type LogMessage =
  | "request failed" // a 5xx was answered; the cause is in `error`
  | "publish failed" // stage "fast path" or "member change": the trigger delivers
  | "members unchecked" // Redis does not say which tokens are outdated: they are believed; written once per outage
  | "trigger failed" // a trigger will be retried
  | "log swept" // a sweep is over; as a warning when it had to publish what fast path and trigger did not
  | "sweep failed" // the next one begins where this one did
  | "document malformed" // a document that no rule can repair was skipped or dropped
  | "member elsewhere" // a membership was written past the API of a user who is another organization's: no claims are set
  | "write adopted" // a write past the API was given its version and history
  | "redis lost" // the connection failed; written once per outage
  | "redis ready";

type Severity = "INFO" | "WARNING" | "ERROR";

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Writes one entry; `error` is described by name, message, code, stack and causes. */
export function log(severity: Severity, message: LogMessage, fields: LogFields = {}, error?: unknown): void {
  write({ severity, message, ...fields, ...(error === undefined ? {} : { error: describe(error) }) });
}

function describe(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = "code" in error ? error.code : undefined;
  const nested = cause !== undefined && depth < 3 ? { cause: describe(cause, depth + 1) } : {};
  return { name, message, code, stack, ...nested };
}
