/** Errors as problem details (RFC 9457), the same for every route. */
import { type ErrorBody, errorReasons, FaultlineError, toFaultlineError } from "@faultline/contract";
import type { ErrorRequestHandler, Response } from "express";
import { log } from "../log.ts";

export interface Problem extends Omit<ErrorBody, "message"> {
  readonly type: string;
  readonly title: string;
  readonly detail: string;
}

export function problemOf(error: FaultlineError): Problem {
  const { message, ...body } = error.toBody();
  const { reason } = body;
  return {
    type: `urn:faultline:error:${reason}`,
    title: errorReasons[reason].meaning,
    detail: message,
    ...body,
  };
}

/** Answers whatever was thrown. Causes are logged and never sent. */
export const sendProblem: ErrorRequestHandler = (thrown, request, response, next) => {
  const error = toFaultlineError(fromExpress(thrown) ?? thrown);
  if (error.status >= 500) {
    log(
      "ERROR",
      "request failed",
      { method: request.method, path: request.path, reason: error.reason },
      error,
    );
  }
  if (response.headersSent) {
    next(thrown);
    return;
  }
  setErrorHeaders(response, error);
  response
    .status(error.status)
    .type("application/problem+json")
    .send(JSON.stringify(problemOf(error)));
};

function setErrorHeaders(response: Response, error: FaultlineError): void {
  const { code, retry, retryAfterMs = 1_000 } = error.toBody();
  response.set("Cache-Control", "no-store");
  if (retry) response.set("Retry-After", String(Math.ceil(retryAfterMs / 1_000)));
  if (code !== "unauthenticated") return;
  const isTokenBad = error.reason !== "token-missing";
  response.set("WWW-Authenticate", isTokenBad ? 'Bearer error="invalid_token"' : "Bearer");
}

/** Express itself throws for a path that can't be decoded. */
function fromExpress(thrown: unknown): FaultlineError | undefined {
  if (!(thrown instanceof URIError)) return undefined;
  return new FaultlineError("query-invalid", "path: can't be decoded.", { field: "path", cause: thrown });
}
