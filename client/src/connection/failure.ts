/** Why a line failed, and what whoever knows it best advises. */
import type { Close, CloseReason, ErrorBody, ErrorReason } from "@faultline/contract";

/**
 * "unreachable": nobody answered. "dropped": the line ended without a word. "token-unavailable": `getToken` gave none.
 * "relay-stale": the line stands, but the relay is cut off
 * from what happens. "offline": the browser says so. "closed": the page closed it. The others are the server's.
 */
export type Cause =
  | CloseReason
  | ErrorReason
  | "unreachable"
  | "dropped"
  | "token-unavailable"
  | "relay-stale"
  | "offline"
  | "asleep"
  | "closed";

export interface Failure {
  readonly cause: Cause;
  readonly retry: Close["retry"];
  /** The least time to stay away. */
  readonly retryAfterMs: number;
  /** Whether it was the server that said so: then the transport works. */
  readonly isAnswered: boolean;
}

/** Without a word from the server. */
export function silence(cause: Cause): Failure {
  return { cause, retry: "later", retryAfterMs: 0, isAnswered: false };
}

/** The relay ended the connection. */
export function failureOfClose({ reason, retry, retryAfterMs }: Close): Failure {
  return { cause: reason, retry, retryAfterMs, isAnswered: true };
}

/** The relay refused the connection. */
export function failureOfError(error: ErrorBody): Failure {
  const { reason, code, retry, retryAfterMs = 0 } = error;
  const advice = retry ? "later" : code === "unauthenticated" ? "token" : "never";
  return { cause: reason, retry: advice, retryAfterMs, isAnswered: true };
}
