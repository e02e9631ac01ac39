/** Cross-origin requests. Access is by bearer token and never by cookie, so any origin may ask unless a list says who. */
import type { RequestHandler } from "express";

/** Origins such as "https://app.example.com", or "any". */
export type AllowedOrigins = readonly string[] | "any";

const methods = "GET, HEAD, POST, PATCH, PUT, DELETE";
const requestHeaders = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, traceparent";
const responseHeaders = "ETag, Location, Retry-After";
/** The longest that browsers keep the answer to a preflight. */
const maxAgeSeconds = 7_200;

export function cors(allowed: AllowedOrigins): RequestHandler {
  return (request, response, next) => {
    const origin = request.get("Origin");
    if (allowed !== "any") response.vary("Origin");
    if (origin !== undefined && (allowed === "any" || allowed.includes(origin))) {
      response.set("Access-Control-Allow-Origin", allowed === "any" ? "*" : origin);
      response.set("Access-Control-Expose-Headers", responseHeaders);
    }
    if (request.method !== "OPTIONS") {
      next();
      return;
    }
    response.set("Access-Control-Allow-Methods", methods);
    response.set("Access-Control-Allow-Headers", requestHeaders);
    response.set("Access-Control-Max-Age", String(maxAgeSeconds));
    response.status(204).end();
  };
}
