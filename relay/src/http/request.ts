/** Each HTTP request has an id that all of its log lines carry, and is measured. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { traceparentSchema } from "@faultline/contract";
import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import type { Metrics } from "../metrics/metrics.ts";
import { traceIdOf } from "../metrics/trace.ts";

declare global {
  namespace Express {
    interface Locals {
      requestId: string;
      /** Writes the request's id into every line. */
      log: Logger;
    }
  }
}

/**
 * The id that the caller or a proxy gave the request: `X-Request-Id`, or the trace of `traceparent`; else a new one.
 * What could forge or flood a log is not taken over.
 */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  if (typeof given === "string" && /^[\w.-]{1,128}$/.test(given)) return given;
  const { data: traceparent } = traceparentSchema.safeParse(headers.traceparent);
  return traceparent === undefined ? randomUUID() : traceIdOf(traceparent);
}

/** Puts `log` into the response's locals, answers with the id, and tells of every request when it is over. */
export function observeRequests(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const { path } = request;
    const requestId = requestIdOf(request);
    response.locals.requestId = requestId;
    response.locals.log = logger.child({ requestId });
    response.set("X-Request-Id", requestId);
    response.once("close", () => {
      // A stream is over when its client leaves: that is no response time. It is told of as a connection.
      if (isStream(response)) return;
      const seconds = (performance.now() - startedAt) / 1_000;
      const answer = {
        route: routeOf(request, path),
        method: methodOf(request),
        status: response.statusCode,
      };
      metrics.httpAnswered({ ...answer, seconds });
      response.locals.log.debug({ ...answer, seconds }, "answered");
    });
    next();
  };
}

/**
 * The path as the route that answered has it: no route has parameters, but Express minds neither case nor a last slash.
 * There is no end of paths that do not exist: they are all one.
 */
function routeOf({ route }: Request, path: string): string {
  return route ? path.toLowerCase().replace(/\/$/, "") : "none";
}

/** Node takes no method that it does not know, but it knows three dozen. */
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "OPTIONS"]);

function methodOf({ method }: Request): string {
  return methods.has(method) ? method : "other";
}

function isStream(response: Response): boolean {
  return response.headersSent && String(response.getHeader("Content-Type")).startsWith("text/event-stream");
}
