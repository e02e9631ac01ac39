/**
 * Takes a TCP socket away from Node.js's HTTP server, as an upgrade does it: request, response and parser are let go of,
 * which are more than half of what an idle event stream costs.
 *
 * That rests on what Node.js does not document. What of it is missing, in another version, is found out, and then the
 * server keeps the request until the socket closes: the same bytes are sent, only the memory is not saved.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { Socket } from "node:net";

/** How Node.js itself lets go of a parser. */
type FreeParser = (parser: object, request: IncomingMessage, socket: Socket) => void;

/** What the HTTP server listens for on a socket. */
const serversEvents = ["data", "end", "close", "drain", "timeout", "error"] as const;

/** What it puts over a socket's own methods, to see when somebody else begins to read. */
const serversMethods = ["on", "addListener", "prependListener", "setEncoding"] as const;

const freeParser = findFreeParser();

/**
 * Frees the socket of a response whose head was written, and whose body ends with the connection. What the other side
 * sends is thrown away from then on. Nobody but the server may listen to the socket yet, nor to the response any more; and
 * it MUST NOT be called while the request's event is told: the parser is still at work then.
 */
export function takeOver(response: ServerResponse): void {
  const { socket, req } = response;
  const parser: unknown = socket && Reflect.get(socket, "parser");
  if (!socket || !freeParser || typeof parser !== "object" || parser === null) return;
  response.detachSocket(socket);
  for (const event of serversEvents) removeListeners(socket, event);
  socket.setTimeout(0);
  // Whoever listens for data is given it by the socket, no longer by the parser.
  socket.on("data", ignore);
  // Not deleted: that would make a dictionary of the socket, which weighs a kilobyte more.
  for (const method of serversMethods) Reflect.set(socket, method, Reflect.get(Socket.prototype, method));
  freeParser(parser, req, socket);
  // Ends when the other side does.
  socket.allowHalfOpen = false;
}

/** One by one: to remove all at once would make a dictionary of the listeners. */
function removeListeners(socket: Socket, event: string): void {
  for (const listener of socket.rawListeners(event)) socket.off(event, listener as () => void);
}

function ignore(): void {}

function findFreeParser(): FreeParser | undefined {
  try {
    const found: unknown = createRequire(import.meta.url)("_http_common").freeParser;
    return typeof found === "function" ? (found as FreeParser) : undefined;
  } catch {
    return undefined;
  }
}
