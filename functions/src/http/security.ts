/** Headers by which a browser makes nothing of an answer but what it is: data, for whom CORS lets read it. */
import type { IncomingMessage, ServerResponse } from "node:http";

const headers = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  // Keeps answers out of other sites' tags; CORS is apart from it.
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
} as const;

const yearSeconds = 365 * 24 * 3_600;

/** Sets them. RFC 6797 wants Strict-Transport-Security over HTTPS only, which the platform speaks for us. */
export function secure(request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.headers["x-forwarded-proto"] === "https")
    response.setHeader("Strict-Transport-Security", `max-age=${yearSeconds}`);
}
