/**
 * Stock Socket.IO: for long polling, for upgrades from it, and for all that the lean front does not take. It also is what
 * publishers' emitters speak to.
 */
import type {
  ClientToServerEvents,
  memberChangeName,
  Principal,
  pushName,
  ServerToClientEvents,
} from "@faultline/contract";
import type { Server, Socket } from "socket.io";
import { systemClock } from "../../base/clock.ts";
import { requestIdOf } from "../../http/request.ts";
import type { DisconnectReason } from "../../metrics/metrics.ts";
import { admit, rejectionOf } from "../admit.ts";
import { type Ack, Conversation, type ConversationOptions } from "../conversation.ts";
import { Inbound, type InboundLimits } from "../inbound.ts";
import { type EngineSocket, StockWay, terminate, webSocketOf } from "./way.ts";

/** What publishers send to every relay. */
export interface ServerSideEvents {
  [pushName]: (push: unknown) => void;
  [memberChangeName]: (change: unknown) => void;
}

interface SocketData {
  principal: Principal;
}

export type SocketServer = Server<ClientToServerEvents, ServerToClientEvents, ServerSideEvents, SocketData>;
type ClientSocket = Socket<ClientToServerEvents, ServerToClientEvents, ServerSideEvents, SocketData>;

/** A front, as the relay ends it. */
export interface Sockets {
  /** Ends lines over which nobody is connected; resolves when all lines have ended, and all that was written has been sent. */
  close(): Promise<void>;
}

export interface StockOptions extends ConversationOptions {
  readonly inbound: InboundLimits;
  /** How long a line may stay with nobody connected. */
  readonly connectTimeoutMs: number;
}

/** One Engine.IO connection, and what is counted and told of it. */
interface StockLine {
  readonly inbound: Inbound;
  conversation?: Conversation;
}

export function serveStock(io: SocketServer, options: StockOptions): Sockets {
  const lines = new Map<EngineSocket, StockLine>();
  io.engine.on("connection", (conn: EngineSocket) => {
    lines.set(conn, watch(conn, new Inbound(options.inbound)));
    conn.once("close", () => lines.delete(conn));
  });
  io.use(createAdmission(options));
  io.on("connection", (socket) => {
    const line = lines.get(socket.conn);
    if (line) converse(socket, line, options);
  });
  return {
    async close() {
      await Promise.all([...lines.keys()].map(leave));
    },
  };
}

/** Ends a line when all has been sent. */
async function leave(conn: EngineSocket): Promise<void> {
  await new Promise((resolve) => {
    conn.once("close", resolve);
    conn.close();
  });
}

function createAdmission(options: StockOptions): Parameters<SocketServer["use"]>[0] {
  /** The lines that somebody is connected over, or is about to be. */
  const taken = new WeakSet<EngineSocket>();
  return (socket, next) => {
    const { conn, request } = socket;
    // Socket.IO ends a line over which a second connection is asked for, but only once the first is admitted.
    if (taken.has(conn)) {
      conn.close();
      return next(new Error("a second connection over one line"));
    }
    taken.add(conn);
    socket.once("disconnect", () => taken.delete(conn));
    admit(socket.handshake.auth, options).then(
      (principal) => {
        socket.data.principal = principal;
        next();
      },
      (error: unknown) => {
        taken.delete(conn);
        const log = options.logger.child({ connection: socket.id, requestId: requestIdOf(request) });
        const { message, data } = rejectionOf(error, log, options);
        next(Object.assign(new Error(message), { data }));
      },
    );
  };
}

/** Counts what comes over a connection, from the first byte. */
function watch(conn: EngineSocket, inbound: Inbound): StockLine {
  const line: StockLine = { inbound };
  const take = (length: number) => {
    const isAbused = inbound.take(length);
    if (isAbused && line.conversation) line.conversation.abused();
    else if (isAbused) terminate(conn);
    line.conversation?.heard();
  };
  const follow = () => {
    const webSocket = webSocketOf(conn);
    for (const event of ["ping", "pong"]) webSocket?.on(event, (data: Buffer) => take(data.length));
    // Before Engine.IO hears of it, which takes it for a fault of the line.
    webSocket?.prependListener("error", ({ code = "" }: { readonly code?: string }) => {
      if (code.startsWith("WS_ERR_")) line.conversation?.broken();
    });
  };
  conn.on("packet", ({ data }: { readonly data?: string | Buffer }) => take(data?.length ?? 0));
  conn.on("upgrade", follow);
  follow();
  return line;
}

function converse(socket: ClientSocket, line: StockLine, options: StockOptions): void {
  const way = new StockWay(socket, requestIdOf(socket.request), line.inbound);
  const conversation = new Conversation(way, socket.data.principal, options);
  line.conversation = conversation;
  socket.onAny((name: unknown, ...args: unknown[]) => conversation.receive(name, args[0], ackOf(args)));
  // A client can send an event called "error"; without a listener it would end the process.
  socket.on("error", (error) => {
    // One that is no client's event is Socket.IO's, which could not read what came.
    if (error instanceof Error) conversation.invalid();
  });
  socket.on("disconnect", (reason) => {
    delete line.conversation;
    conversation.end(reasons[reason] ?? "line-lost");
    const { conn } = socket;
    // Socket.IO would let the line be, with nobody connected, for as long as it answers pings.
    const cancel = systemClock.after(options.connectTimeoutMs, () => {
      if (!line.conversation) conn.close();
    });
    conn.once("close", cancel);
  });
}

/** Socket.IO puts the callback last, after whatever else a client sends. */
function ackOf(args: readonly unknown[]): Ack {
  const last = args.at(-1);
  return typeof last === "function" ? (answer) => last(answer) : () => {};
}

/** Socket.IO's words for it; the line's faults are the rest. */
const reasons: Readonly<Partial<Record<string, DisconnectReason>>> = {
  "client namespace disconnect": "client-left",
  "transport close": "client-left",
  "ping timeout": "ping-timeout",
  "server namespace disconnect": "failed",
  "server shutting down": "draining",
};
