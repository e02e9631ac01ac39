/** Socket.IO clients: which front speaks with whom. */
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { systemClock } from "../base/clock.ts";
import { connectionTiming } from "../connections/connection.ts";
import type { ConversationOptions } from "./conversation.ts";
import type { AllowRequest } from "./handshake.ts";
import { type InboundLimits, inboundLimits } from "./inbound.ts";
import { Heartbeat } from "./lean/heartbeat.ts";
import { LeanFront } from "./lean/lean.ts";
import { type SocketServer, type Sockets, serveStock } from "./stock/stock.ts";

/** "lean" speaks with who comes by WebSocket at once, and leaves the others to stock Socket.IO; "stock" has all. */
export const fronts = ["lean", "stock"] as const;
export type Front = (typeof fronts)[number];

export interface SocketOptions extends ConversationOptions {
  readonly front: Front;
  readonly allowRequest: AllowRequest;
  /** What differs from the defaults of what a client may send. */
  readonly inbound?: Partial<InboundLimits> | undefined;
  /** How often a client is asked for a sign of life, and how long it may take to give one. */
  readonly pingMs?: number | undefined;
  readonly connectTimeoutMs: number;
}

/** Serves clients over `server`, to which `io` is attached already. */
export function serveSockets(server: HttpServer, io: SocketServer, options: SocketOptions): Sockets {
  const { front, allowRequest, pingMs = connectionTiming.pingMs } = options;
  const inbound = { ...inboundLimits, ...options.inbound };
  const stock = serveStock(io, { ...options, inbound });
  if (front === "stock") return stock;
  const lean = new LeanFront(allowRequest, {
    ...options,
    inbound,
    heartbeat: new Heartbeat(pingMs, systemClock),
  });
  divert(server, lean);
  return {
    async close() {
      await Promise.all([lean.close(), stock.close()]);
    },
  };
}

/** Gives `front` what it takes, before stock Socket.IO sees it. */
function divert(server: HttpServer, front: LeanFront): void {
  const others = server.listeners("upgrade");
  server.removeAllListeners("upgrade");
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (front.takes(request)) front.accept(request, socket, head);
    else for (const other of others) Reflect.apply(other, server, [request, socket, head]);
  });
}
