/** Socket.IO: one connection's life. */
import type {
  AuthenticateAck,
  ClientToServerEvents,
  ErrorBody,
  FaultlineError,
  memberChangeName,
  Principal,
  pushName,
  ServerToClientEvents,
  SubscribeAck,
  UnsubscribeAck,
} from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import type { Logger } from "pino";
import type { Server, Socket } from "socket.io";
import { isoTime } from "../base/clock.ts";
import { jittered } from "../base/jitter.ts";
import type { Connections } from "../connections/connections.ts";
import { refusalOf } from "../http/refusal.ts";
import { requestIdOf } from "../http/request.ts";
import { openAccount } from "../metrics/account.ts";
import type { DisconnectReason } from "../metrics/metrics.ts";
import { createSession, type SessionServices } from "../session.ts";
import { createAnswering } from "./answers.ts";
import { countInbound, type Inbound, type InboundLimits, inboundLimits } from "./inbound.ts";
import type { EngineSocket } from "./line.ts";
import { releaseRequest } from "./release.ts";
import { parseAuthenticate, parseSubscribe, parseUnsubscribe } from "./requests.ts";
import { SocketSubscriber } from "./subscriber.ts";
import { createThrottle } from "./throttle.ts";

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

export interface SocketOptions {
  readonly verify: Verifier;
  readonly services: SessionServices;
  readonly connections: Connections;
  readonly logger: Logger;
  /** How many bytes may wait for a client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
  /** What differs from the defaults of what a client may send. */
  readonly inbound?: Partial<InboundLimits> | undefined;
}

/** How long whoever has sent far too much should stay away at least. */
const abuseMs = 5_000;

export function serveSockets(io: SocketServer, options: SocketOptions): void {
  const { logger, services } = options;
  const { metrics } = services;
  /** The lines that somebody is connected over, or is about to be. */
  const taken = new WeakSet<EngineSocket>();
  io.use((socket, next) => {
    const { conn } = socket;
    // Socket.IO ends a line over which a second connection is asked for, but only once the first is admitted.
    if (taken.has(conn)) {
      conn.close();
      return next(new Error("a second connection over one line"));
    }
    taken.add(conn);
    socket.once("disconnect", () => taken.delete(conn));
    admit(socket, options).then(
      () => next(),
      (error: unknown) => {
        taken.delete(conn);
        const refusal = refusalOf(error, logOf(socket, logger)());
        metrics.refused("socket", refusal.reason);
        if (refusal.code === "unauthenticated") metrics.authenticationFailed(refusal.reason);
        next(connectError(refusal));
      },
    );
  });
  const inbounds = new WeakMap<EngineSocket, Inbound>();
  const limits = { ...inboundLimits, ...options.inbound };
  io.engine.on("connection", (conn: EngineSocket) => inbounds.set(conn, countInbound(conn, limits)));
  io.on("connection", (socket) => {
    const { conn } = socket;
    connect(socket, inbounds.get(conn) ?? countInbound(conn, limits), options);
  });
}

async function admit(socket: ClientSocket, { verify, connections }: SocketOptions): Promise<void> {
  const { token } = socket.handshake.auth;
  const principal = await verify(typeof token === "string" ? token : undefined);
  connections.assertFits(principal);
  socket.data.principal = principal;
}

/** Socket.IO sends an error's message and `data` as the client's connect_error. */
function connectError(refusal: FaultlineError): Error & { readonly data: ErrorBody } {
  return Object.assign(new Error(refusal.message), { data: refusal.toBody() });
}

function connect(socket: ClientSocket, inbound: Inbound, options: SocketOptions): void {
  const { verify, services, connections, logger, bufferBytes } = options;
  const log = logOf(socket, logger);
  releaseRequest(socket);
  const { metrics } = services;
  const { principal } = socket.data;
  const account = openAccount({ transport: "socket", metrics, log });
  const subscriber = new SocketSubscriber(socket, {
    account,
    metrics,
    bufferBytes,
    onForeign: () => services.dispatch.flush(subscriber),
    onOverflow: () => connection.close("slow-consumer"),
  });
  const session = createSession(services, principal, subscriber);
  const connection = connections.open({ principal, subscriber, session });
  const answer = createAnswering(log, metrics);

  // Whoever asks on without reading the answers is slow, too.
  socket.conn.on("packet", () => subscriber.check());
  socket.use(createThrottle(inbound, metrics));
  inbound.onAbuse(() => connection.close("rate-limited", jittered(abuseMs)));
  inbound.onInvalid(() => account.close("message-invalid"));

  socket.on("subscribe", (...args: unknown[]) =>
    answer<SubscribeAck>("subscribe", args, (message, ack) =>
      session.subscribe(parseSubscribe(message), ({ asked, ...subscribed }) => {
        ack({ ok: true, ...subscribed });
        session.welcome(asked).catch((error: unknown) => log().error({ error }, "the state was not sent"));
      }),
    ),
  );
  socket.on("unsubscribe", (...args: unknown[]) =>
    answer<UnsubscribeAck>("unsubscribe", args, (message, ack) =>
      ack({ ok: true, rooms: session.unsubscribe(parseUnsubscribe(message)) }),
    ),
  );
  socket.on("authenticate", (...args: unknown[]) =>
    answer<AuthenticateAck>("authenticate", args, async (message, ack) => {
      const fresh = await verify(parseAuthenticate(message));
      const rooms = await connection.renew(fresh);
      ack({ ok: true, expiresAt: isoTime(fresh.expiresAt * 1_000), rooms });
    }),
  );
  // A client can send an event called "error"; without a listener it would end the process.
  socket.on("error", (error) => {
    log().debug({ error }, "a socket's error");
    // One that is no client's event is Socket.IO's, which could not read what came.
    if (error instanceof Error) connection.close("message-invalid");
  });
  socket.on("disconnect", (reason) => {
    connection.end();
    account.settle(reasons[reason] ?? "line-lost");
  });
}

/**
 * Writes into every line which connection it is about, and which request it came by. It is made for each line: it weighs
 * more than a connection should, and most never have a line.
 */
function logOf({ id, request }: ClientSocket, logger: Logger): () => Logger {
  const bindings = { connection: id, requestId: requestIdOf(request) };
  return () => logger.child(bindings);
}

/** Socket.IO's words for it; the line's faults are the rest. */
const reasons: Readonly<Partial<Record<string, DisconnectReason>>> = {
  "client namespace disconnect": "client-left",
  "transport close": "client-left",
  "ping timeout": "ping-timeout",
  "server namespace disconnect": "failed",
  "server shutting down": "draining",
};
