/** One event stream's life. */
import type { Socket } from "node:net";
import type { Principal, Room } from "@faultline/contract";
import type { Response } from "express";
import type { Logger } from "pino";
import type { Agenda, Due } from "../base/agenda.ts";
import type { Clock } from "../base/clock.ts";
import type { Connection } from "../connections/connection.ts";
import type { Connections } from "../connections/connections.ts";
import { streamPosition, streamRetry } from "../dispatch/encode.ts";
import type { EndReason } from "../dispatch/subscriber.ts";
import { type Account, type Logged, openAccount } from "../metrics/account.ts";
import {
  createSession,
  type Session,
  type SessionServices,
  type Subscribed,
  type Values,
} from "../session.ts";
import { takeOver } from "../tcp/take_over.ts";
import { roomField, type StreamKind } from "./stream_kinds.ts";
import { type StreamOwner, StreamSubscriber } from "./subscriber.ts";

export interface StreamOptions {
  readonly services: SessionServices;
  readonly connections: Connections;
  readonly clock: Clock;
  /** Of all streams. */
  readonly agenda: Agenda;
  readonly logger: Logger;
  readonly timing: StreamTiming;
  /** How many bytes may wait for a client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
}

export interface StreamTiming {
  /** How long a client waits before it opens the stream again. */
  readonly retryMs: number;
  /** How often a comment shows that the stream is alive. */
  readonly heartbeatMs: number;
  /** How often a stream of snapshots repeats them. */
  readonly snapshotMs: number;
}

export const streamTiming: StreamTiming = { retryMs: 3_000, heartbeatMs: 10_000, snapshotMs: 30_000 };

export const streamHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
  // The body ends with the connection: then what is written to it needs no framing.
  Connection: "close",
} as const;

export interface StreamRequest {
  readonly requestId: string;
  /** The name of the route. */
  readonly route: string;
  readonly kind: StreamKind;
  readonly principal: Principal;
  readonly names: readonly string[];
  readonly since?: string;
}

/** Opens a stream, or rejects before anything has been written. */
export async function openStream(
  request: StreamRequest,
  response: Response,
  options: StreamOptions,
): Promise<void> {
  const { socket } = response;
  // The client has left, or has asked for something else before and did not await the answer: a stream has no end.
  if (!socket) {
    response.req.socket.destroy();
    return;
  }
  const stream = new EventStream(request, socket, options);
  const left = () => stream.end();
  response.once("close", left);
  await stream.open(request, () => {
    response.off("close", left);
    response.removeHeader("Transfer-Encoding");
    response.writeHead(200, streamHeaders).flushHeaders();
    takeOver(response);
  });
}

/** From here on nothing MUST hold on to the request or its response, which may be let go of. */
class EventStream implements StreamOwner, Logged, Due {
  dueAt = 0;
  place = -1;
  readonly #requestId: string;
  readonly #route: string;
  readonly #kind: StreamKind;
  readonly #socket: Socket;
  readonly #options: StreamOptions;
  readonly #subscriber: StreamSubscriber;
  readonly #session: Session;
  /** Of its snapshots, where it has any. */
  #repetition: Due | undefined;
  #account: Account | undefined;
  #connection: Connection | undefined;

  constructor({ requestId, route, kind, principal }: StreamRequest, socket: Socket, options: StreamOptions) {
    const { services, clock, bufferBytes } = options;
    const { metrics } = services;
    this.#requestId = requestId;
    this.#route = route;
    this.#kind = kind;
    this.#socket = socket;
    this.#options = options;
    this.#subscriber = new StreamSubscriber(socket, { kind, owner: this, clock, metrics, bufferBytes });
    this.#session = createSession(services, principal, this.#subscriber);
  }

  /** `writeHead` is called in the tick of joining the rooms, if they can be joined. */
  open(request: StreamRequest, writeHead: () => void): Promise<void> {
    const { names, principal, since } = request;
    const asked = { names, fieldOf: roomField(names), ...(since !== undefined && { since }) };
    return this.#session.subscribe(asked, (subscribed) => {
      this.#options.connections.assertFits(principal);
      writeHead();
      this.#begin(request, subscribed);
    });
  }

  end(): void {
    this.#session.end();
    this.#connection?.end();
    const { agenda } = this.#options;
    agenda.strike(this);
    if (this.#repetition) agenda.strike(this.#repetition);
    if (this.#account) this.#settle(this.#account);
  }

  /** A heartbeat is due. */
  act(): void {
    this.#options.services.dispatch.flush(this.#subscriber);
    this.#subscriber.beat(this.#session.position());
    this.#dueAfter(this.#options.timing.heartbeatMs, this);
  }

  closing(reason: EndReason): void {
    this.#account?.close(reason);
  }

  overflowed(): void {
    this.#connection?.close("slow-consumer");
  }

  /** Made for each line, of which most streams have none. */
  log(): Logger {
    return this.#options.logger.child({ requestId: this.#requestId, route: this.#route });
  }

  #begin({ principal, since }: StreamRequest, { asked, position }: Subscribed): void {
    const { services, connections, timing } = this.#options;
    const { metrics } = services;
    // A socket that has failed closes.
    this.#socket.on("error", ignore);
    this.#socket.on("close", this.end.bind(this));
    this.#subscriber.writeText(streamRetry(timing.retryMs));
    // Whoever comes back without having got an event has missed something all the same. Whoever named a position keeps
    // it until what was missed has come.
    if (since === undefined) this.#subscriber.writeText(streamPosition(position));
    this.#account = openAccount({ transport: "stream", metrics, of: this });
    metrics.streamOpened(this.#route);
    this.#connection = connections.open({
      principal,
      subscriber: this.#subscriber,
      session: this.#session,
    });
    this.#dueAfter(timing.heartbeatMs, this);
    this.#welcome(asked);
  }

  #settle(account: Account): void {
    const { metrics } = this.#options.services;
    const { errored } = this.#socket;
    metrics.streamClosed(this.#route);
    if (errored) metrics.streamFailed(this.#route);
    account.settle(errored ? "line-lost" : "client-left", this.#subscriber.sentBytes);
  }

  /** Sends the values that the stream begins with, if its kind has any; and again and again, if it is made of them. */
  #welcome(asked: readonly Room[]): void {
    const { services } = this.#options;
    const { values, isSnapshot } = this.#kind;
    if (!values) return;
    const flow: Values = (...scope) => {
      // What came until now is in the snapshot.
      services.dispatch.flush(this.#subscriber);
      this.#subscriber.flow();
      return values(...scope);
    };
    const welcome = () => {
      this.#session
        .welcome(asked, flow)
        .catch((error: unknown) => this.log().error({ error }, "the current state was not sent"));
    };
    welcome();
    if (isSnapshot) this.#repeat(welcome);
  }

  #repeat(welcome: () => void): void {
    const { snapshotMs } = this.#options.timing;
    const act = () => {
      welcome();
      this.#dueAfter(snapshotMs, repetition);
    };
    const repetition: Due = { dueAt: 0, place: -1, act };
    this.#repetition = repetition;
    this.#dueAfter(snapshotMs, repetition);
  }

  #dueAfter(ms: number, due: Due): void {
    const { agenda, clock } = this.#options;
    agenda.put(due, clock.now() + ms);
  }
}

function ignore(): void {}
