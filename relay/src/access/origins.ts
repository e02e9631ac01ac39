/** Which web pages may talk to the relay. Programs that are no browser send no Origin and are always allowed. */
import type { RequestHandler } from "express";

export type Origins = "any" | readonly string[];

export function isAllowedOrigin(origins: Origins, origin: string | undefined): boolean {
  return origin === undefined || origins === "any" || origins.includes(origin);
}

/** CORS for the streams and tickets. No cookies are involved, so credentials are never allowed. */
export function cors(origins: Origins): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary("Origin");
    if (origin !== undefined && isAllowedOrigin(origins, origin)) {
      response.set({
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
        "Access-Control-Max-Age": "600",
      });
    }
    if (request.method === "OPTIONS") response.status(204).end();
    else next();
  };
}
