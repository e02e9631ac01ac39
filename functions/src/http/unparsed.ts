/**
 * Keeps the Functions runtime's hands off request bodies. It parses JSON before a function is called, and answers what
 * it can't parse by itself, with an HTML page that shows a stack trace. It leaves a body of unknown type as bytes, so the
 * type is taken off as a request comes in, and put back when it has reached the function.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const contentTypes = new WeakMap<IncomingMessage, string>();

/** From now on, no body of this process's requests is parsed before its function. */
export function leaveBodiesUnparsed(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    const type = request.headers["content-type"];
    if (type === undefined) return;
    contentTypes.set(request, type);
    request.headers["content-type"] = "application/octet-stream";
  });
}

/** Gives a request the type again that it came with. */
export function restoreContentType(request: IncomingMessage): void {
  const type = contentTypes.get(request);
  if (type !== undefined) request.headers["content-type"] = type;
}
