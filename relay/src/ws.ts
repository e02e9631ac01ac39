/** Socket.IO: one connection's life. */
import {
  type ClientToServerEvents,
  type ErrorBody,
  FaultlineError,
  type Principal,
  parse,
  parseRoom,
  positionSchema,
  type pushName,
  type ServerToClientEvents,
  type SubscribeAck,
  subscribeSchema,
  toFaultlineError,
  type UnsubscribeAck,
  unsubscribeSchema,
} from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import type { Logger } from "pino";
import type { Server, Socket } from "socket.io";
import { z } from "zod";
import { createSession, type Session, type SessionServices, type SubscribeRequest } from "./session.ts";
import type { Subscriber } from "./subscriber.ts";
import { createTurns } from "./turns.ts";

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

/** The most messages of one connection that wait for their answer. */
const mostWaiting = 64;

export function serveSockets(io: SocketServer, options: SocketOptions): void {
  const { verify, logger } = options;
  io.use((socket, next) => {
    admit(socket, verify).then(
      () => next(),
      (error: unknown) => next(refusal(error, logger)),
    );
  });
  io.on("connection", (socket) => connect(socket, options));
}

async function admit(socket: ClientSocket, verify: Verifier): Promise<void> {
  const { token } = socket.handshake.auth;
  socket.data.principal = await verify(typeof token === "string" ? token : undefined);
}

/** Socket.IO sends an error's message and `data` as the client's connect_error. */
function refusal(error: unknown, logger: Logger): Error & { readonly data: ErrorBody } {
  const body = bodyOf(error, logger);
  return Object.assign(new Error(body.message), { data: body });
}

function connect(socket: ClientSocket, { services, logger }: SocketOptions): void {
  const log = logger.child({ connection: socket.id });
  const session = createSession(services, socket.data.principal, subscriberOf(socket));
  const inTurn = createTurns(mostWaiting);

  /** Every request is answered, also one that makes no sense; without a callback the answer goes nowhere. */
  const answer = <Ack>(
    args: readonly unknown[],
    act: (request: unknown, ack: Ack) => Promise<void> | void,
  ) => {
    const last = args.at(-1);
    const ack = (typeof last === "function" ? last : () => {}) as Ack & ((answer: Refusal) => void);
    const refuse = (error: unknown) => ack({ ok: false, error: bodyOf(error, log) });
    const hasRoom = inTurn(async () => {
      try {
        await act(args[0], ack);
      } catch (error) {
        refuse(error);
      }
    });
    if (!hasRoom)
      refuse(new FaultlineError("rate-limited", "Too many messages at once; wait for the answers."));
  };

  socket.on("subscribe", (...args: unknown[]) =>
    answer(args, (request, ack: (answer: SubscribeAck) => void) => subscribe(session, request, ack, log)),
  );
  socket.on("unsubscribe", (...args: unknown[]) =>
    answer(args, (request, ack: (answer: UnsubscribeAck) => void) => {
      const { rooms } = parse(unsubscribeSchema, request);
      ack({ ok: true, rooms: session.unsubscribe(rooms.map((name, at) => parseRoom(name, fieldOf(at)))) });
    }),
  );
  // A client can send an event called "error"; without a listener it would end the process.
  socket.on("error", (error) => log.debug({ error }, "a socket's error"));
  socket.on("disconnect", (reason) => {
    session.end();
    log.debug({ reason }, "disconnected");
  });
  log.debug("connected");
}

interface Refusal {
  readonly ok: false;
  readonly error: ErrorBody;
}

async function subscribe(
  session: Session,
  message: unknown,
  ack: (answer: SubscribeAck) => void,
  logger: Logger,
): Promise<void> {
  await session.subscribe(parseSubscribe(message), ({ asked, ...subscribed }) => {
    ack({ ok: true, ...subscribed });
    session
      .welcome(asked)
      .catch((error: unknown) => logger.error({ error }, "the current state was not sent"));
  });
}

const looseSubscribeSchema = subscribeSchema.extend({ since: z.unknown().optional() });

function parseSubscribe(message: unknown): SubscribeRequest {
  const { rooms, since } = parse(looseSubscribeSchema, message);
  const position = parse(positionSchema.optional(), since, "position-invalid", "since");
  return { names: rooms, fieldOf, ...(position !== undefined && { since: position }) };
}

function fieldOf(index: number): string {
  return `rooms.${index}`;
}

/** Frames go to the Engine.IO connection as they are, past Socket.IO's encoder. */
function subscriberOf(socket: ClientSocket): Subscriber {
  return {
    transport: "socket",
    wants: () => true,
    send({ text }) {
      socket.conn.write(text);
    },
    close() {
      socket.disconnect(true);
    },
  };
}

function bodyOf(error: unknown, logger: Logger): ErrorBody {
  const known = toFaultlineError(error);
  if (known.reason === "internal" || known.reason === "unavailable") logger.error({ error }, known.message);
  return known.toBody();
}
