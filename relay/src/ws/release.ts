/**
 * Lets go of the HTTP request that a WebSocket connection came by. Engine.IO and Socket.IO keep it, with its headers and the
 * token, for as long as the connection lasts: about a fifth of what an idle connection costs, and a secret.
 *
 * Two listeners of theirs hold on to it beside the properties. They are known by their text and name; where another version
 * has others, nothing is removed and the memory is not saved.
 */
import type { Socket } from "socket.io";
import { webSocketOf } from "./line.ts";

/** Of what Engine.IO puts in a response's place, for middleware that waits for its end: there is none any more. */
const responsesClose = '() => this.emit("close")';
/** Of Engine.IO, for the time before its transport listens itself. */
const upgradesError = "onUpgradeError";

/** What Socket.IO reads of a request when a client leaves and connects again over the same line. */
const noRequest = Object.freeze({ headers: {}, connection: {}, url: "", _query: {} });
const noHandshake = Object.freeze({ headers: {}, query: {}, auth: {} });

/** The socket has no request and no handshake afterwards. Polling needs them: then this does nothing. */
export function releaseRequest(socket: Socket): void {
  const { conn } = socket;
  const webSocket = webSocketOf(conn);
  const tcp = webSocket?._socket;
  if (!webSocket || !tcp) return;
  for (const listener of tcp.listeners("close"))
    if (String(listener) === responsesClose) tcp.removeListener("close", listener as () => void);
  for (const listener of webSocket.listeners("error"))
    if (listener.name === upgradesError) webSocket.removeListener("error", listener as () => void);
  Reflect.set(conn, "request", noRequest);
  Reflect.set(socket, "handshake", noHandshake);
}
