/** What goes wrong, as callers see it. */
import type { ErrorBody, ErrorCode, ErrorReason } from "@faultline/contract";

/** The server refused a request. Switch on `reason`, which is stable; a newer server may know more of them. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: ErrorReason;
  readonly code: ErrorCode;
  /** The HTTP status. */
  readonly status: number;
  /** Whether the same request can succeed later without being changed. */
  readonly retry: boolean;
  /** The request's field at fault. */
  readonly field: string | undefined;
  /** When to try again, in milliseconds from now. */
  readonly retryAfterMs: number | undefined;

  constructor(body: ErrorBody) {
    super(body.message);
    this.reason = body.reason;
    this.code = body.code;
    this.status = body.status;
    this.retry = body.retry;
    this.field = body.field;
    this.retryAfterMs = body.retryAfterMs;
  }
}

/** Nobody answered, or somebody who is not the server: whether the request took effect is not known. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Whether what was thrown may go away by itself. */
export function isPassing(error: unknown): boolean {
  return error instanceof Refusal ? error.retry : error instanceof Unreachable;
}

/** The least time that the server wants to be left alone for. */
export function adviceMs(error: unknown): number {
  return error instanceof Refusal ? (error.retryAfterMs ?? 0) : 0;
}

/** Whether it is an error as the server describes them. */
export function isErrorBody(value: unknown): value is ErrorBody {
  return (
    typeof value === "object" &&
    value !== null &&
    "reason" in value &&
    "code" in value &&
    "status" in value &&
    "retry" in value
  );
}
