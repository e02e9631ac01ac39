/**
 * The front for clients that come by WebSocket at once, which is nearly all of them: a tenth of the memory of stock
 * Socket.IO's, and the same frames. What it does not take is Socket.IO's.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { socketPath } from "@faultline/contract";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { requestIdOf } from "../../http/request.ts";
import type { AllowRequest } from "../handshake.ts";
import { type LineOptions, LineSocket, SocketLine } from "./line.ts";
import { largestMessage } from "./packets.ts";

/** Of a close without a close frame (RFC 6455, section 7.4.1). */
const abnormalClosure = 1006;

export class LeanFront {
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    WebSocket: LineSocket,
    clientTracking: false,
    perMessageDeflate: false,
    // Pings count as what a client sends, and are answered by the line.
    autoPong: false,
    maxPayload: largestMessage,
  });
  readonly #allow: AllowRequest;
  readonly #options: LineOptions;

  constructor(allow: AllowRequest, options: LineOptions) {
    this.#allow = allow;
    this.#options = options;
  }

  /** Whether the request is for a new connection by WebSocket. */
  takes({ url = "", method }: IncomingMessage): boolean {
    if (method !== "GET" || !url.startsWith(`${socketPath}/?`)) return false;
    const query = new URLSearchParams(url.slice(url.indexOf("?")));
    return query.get("EIO") === "4" && query.get("transport") === "websocket" && !query.get("sid");
  }

  /** Answers a request that it takes. */
  accept(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.#allow(request, () => {
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.line = new SocketLine(webSocket, socket, requestIdOf(request), this.#options);
        webSocket
          .on("message", onMessage)
          .on("ping", onPing)
          .on("pong", onPong)
          .on("error", onError)
          .on("close", onClose);
      });
    });
  }

  /** Takes no more and ends what is left; resolves when all that was written has been sent, or nobody reads it. */
  async close(): Promise<void> {
    this.#webSockets.close();
    const { heartbeat } = this.#options;
    heartbeat.end();
    await Promise.all(heartbeat.lines.map((line) => line.leave()));
  }
}

// The same functions for all lines.

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  if (Buffer.isBuffer(data)) lineOf(this)?.receive(data, isBinary);
}

function onPing(this: WebSocket, data: Buffer): void {
  lineOf(this)?.pinged(data);
}

function onPong(this: WebSocket, data: Buffer): void {
  lineOf(this)?.ponged(data);
}

function onError(this: WebSocket, { code = "" }: Error & { readonly code?: string }): void {
  if (code.startsWith("WS_ERR_")) lineOf(this)?.broken();
}

function onClose(this: WebSocket, code: number): void {
  lineOf(this)?.closed(code === abnormalClosure ? "line-lost" : "client-left");
}

function lineOf(webSocket: WebSocket): SocketLine | undefined {
  return webSocket instanceof LineSocket ? webSocket.line : undefined;
}
