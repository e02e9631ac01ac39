/** Errors over HTTP: problem+json (RFC 9457), as the API's. */
import { type ErrorBody, errorReasons, FaultlineError, toFaultlineError } from "@faultline/contract";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";

/** Answers with what was thrown; what is not meant for callers is logged and told as `internal`. */
export function problems(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const known = toFaultlineError(error);
    if (known.status >= 500) logger.error({ error }, known.message);
    if (response.headersSent) return next(error);
    if (known.code === "unauthenticated") response.set("WWW-Authenticate", "Bearer");
    response
      .status(known.status)
      .set("Cache-Control", "no-store")
      .type("application/problem+json")
      .send(JSON.stringify(problemOf(known.toBody())));
  };
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
