/** Errors over HTTP: problem+json (RFC 9457), as the API's. */
import type { ServerResponse } from "node:http";
import { type ErrorBody, errorReasons, FaultlineError } from "@faultline/contract";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Metrics } from "../metrics/metrics.ts";
import { refusalOf } from "./refusal.ts";

/** Answers with what was thrown, unless nobody waits for an answer any more. */
export function problems(metrics: Metrics): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.destroyed) return;
    const refusal = refusalOf(error, response.locals.log);
    if (refusal.code === "unauthenticated") metrics.authenticationFailed(refusal.reason);
    if (response.headersSent) return next(error);
    sendProblem(response, refusal);
  };
}

/** Answers with a refusal. */
export function sendProblem(response: ServerResponse, refusal: FaultlineError): void {
  const { code, status, retryAfterMs } = refusal;
  if (code === "unauthenticated") response.setHeader("WWW-Authenticate", "Bearer");
  if (retryAfterMs !== undefined) response.setHeader("Retry-After", String(Math.ceil(retryAfterMs / 1_000)));
  response
    .writeHead(status, {
      "Cache-Control": "no-store",
      "Content-Type": "application/problem+json; charset=utf-8",
    })
    .end(JSON.stringify(problemOf(refusal.toBody())));
}

/** For whatever no other route has answered. */
export const unknownRoute: RequestHandler = (request) => {
  throw new FaultlineError("route-unknown", `There is nothing at ${request.method} ${request.path}.`);
};

function problemOf({ message, ...rest }: ErrorBody) {
  const { reason } = rest;
  return {
    type: `urn:faultline:error:${reason}`,
    title: errorReasons[reason].meaning,
    detail: message,
    ...rest,
  };
}
