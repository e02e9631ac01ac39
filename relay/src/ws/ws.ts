/** Socket.IO: one connection's life. */
import {
  type ClientToServerEvents,
  type ErrorBody,
  type FaultlineError,
  type Principal,
  parse,
  parseRoom,
  positionSchema,
  type pushName,
  type ServerToClientEvents,
  type SubscribeAck,
  subscribeSchema,
  type UnsubscribeAck,
  unsubscribeSchema,
} from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import type { Logger } from "pino";
import type { Server, Socket } from "socket.io";
import { z } from "zod";
import type { Subscriber } from "../dispatch/subscriber.ts";
import { refusalOf } from "../http/refusal.ts";
import { requestIdOf } from "../http/request.ts";
import { type Account, openAccount } from "../metrics/account.ts";
import type { DisconnectReason } from "../metrics/metrics.ts";
import { createSession, type SessionServices, type SubscribeRequest } from "../session.ts";
import { createAnswering } from "./answers.ts";

/** What publishers send to every relay. */
export interface ServerSideEvents {
  [pushName]: (push: unknown) => void;
}

interface SocketData {
  principal: Principal;
}

export type SocketServer = Server<ClientToServerEvents, ServerToClientEvents, ServerSideEvents, SocketData>;
type ClientSocket = Socket<ClientToServerEvents, ServerToClientEvents, ServerSideEvents, SocketData>;

export interface SocketOptions {
  readonly verify: Verifier;
  readonly services: SessionServices;
  readonly logger: Logger;
}

export function serveSockets(io: SocketServer, options: SocketOptions): void {
  const { verify, logger, services } = options;
  const { metrics } = services;
  io.use((socket, next) => {
    admit(socket, verify).then(
      () => next(),
      (error: unknown) => {
        const refusal = refusalOf(error, logOf(socket, logger));
        metrics.refused("socket", refusal.reason);
        if (refusal.code === "unauthenticated") metrics.authenticationFailed(refusal.reason);
        next(connectError(refusal));
      },
    );
  });
  io.on("connection", (socket) => connect(socket, options));
}

async function admit(socket: ClientSocket, verify: Verifier): Promise<void> {
  const { token } = socket.handshake.auth;
  socket.data.principal = await verify(typeof token === "string" ? token : undefined);
}

/** Socket.IO sends an error's message and `data` as the client's connect_error. */
function connectError(refusal: FaultlineError): Error & { readonly data: ErrorBody } {
  return Object.assign(new Error(refusal.message), { data: refusal.toBody() });
}

function connect(socket: ClientSocket, { services, logger }: SocketOptions): void {
  const log = logOf(socket, logger);
  const { metrics } = services;
  const account = openAccount({ transport: "socket", metrics, log });
  const session = createSession(services, socket.data.principal, subscriberOf(socket, account));
  const answer = createAnswering(log, metrics);

  socket.on("subscribe", (...args: unknown[]) =>
    answer<SubscribeAck>("subscribe", args, (message, ack) =>
      session.subscribe(parseSubscribe(message), ({ asked, ...subscribed }) => {
        ack({ ok: true, ...subscribed });
        session.welcome(asked).catch((error: unknown) => log.error({ error }, "the state was not sent"));
      }),
    ),
  );
  socket.on("unsubscribe", (...args: unknown[]) =>
    answer<UnsubscribeAck>("unsubscribe", args, (message, ack) => {
      const { rooms } = parse(unsubscribeSchema, message);
      ack({ ok: true, rooms: session.unsubscribe(rooms.map((name, at) => parseRoom(name, fieldOf(at)))) });
    }),
  );
  // A client can send an event called "error"; without a listener it would end the process.
  socket.on("error", (error) => log.debug({ error }, "a socket's error"));
  socket.on("disconnect", (reason) => {
    session.end();
    account.settle(reasons[reason] ?? "line-lost");
  });
}

/** Writes into every line which connection it is about, and which request it came by. */
function logOf({ id, request }: ClientSocket, logger: Logger): Logger {
  return logger.child({ connection: id, requestId: requestIdOf(request) });
}

/** Socket.IO's words for it; the line's faults are the rest. */
const reasons: Readonly<Partial<Record<string, DisconnectReason>>> = {
  "client namespace disconnect": "client-left",
  "transport close": "client-left",
  "ping timeout": "ping-timeout",
  "server namespace disconnect": "failed",
  "server shutting down": "draining",
};

const looseSubscribeSchema = subscribeSchema.extend({ since: z.unknown().optional() });

/** A malformed position has a reason of its own. */
function parseSubscribe(message: unknown): SubscribeRequest {
  const { rooms, since } = parse(looseSubscribeSchema, message);
  const position = parse(positionSchema.optional(), since, "position-invalid", "since");
  return { names: rooms, fieldOf, ...(position !== undefined && { since: position }) };
}

function fieldOf(index: number): string {
  return `rooms.${index}`;
}

/** Frames go to the Engine.IO connection as they are, past Socket.IO's encoder. */
function subscriberOf(socket: ClientSocket, account: Account): Subscriber {
  return {
    transport: "socket",
    wants: () => true,
    send({ text, bytes }) {
      socket.conn.write(text);
      account.sent(bytes.length);
    },
    close(reason) {
      account.close(reason);
      socket.disconnect(true);
    },
  };
}
