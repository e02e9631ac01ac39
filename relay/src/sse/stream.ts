/** One event stream's life. */
import type { Socket } from "node:net";
import type { Principal, Room } from "@faultline/contract";
import type { Response } from "express";
import type { Logger } from "pino";
import type { Cancel, Clock } from "../base/clock.ts";
import type { Connection } from "../connections/connection.ts";
import type { Connections } from "../connections/connections.ts";
import { streamPosition, streamRetry } from "../dispatch/encode.ts";
import { type Account, openAccount } from "../metrics/account.ts";
import {
  createSession,
  type Session,
  type SessionServices,
  type Subscribed,
  type Values,
} from "../session.ts";
import { takeOver } from "../tcp/take_over.ts";
import { roomField, type StreamKind } from "./stream_kinds.ts";
import { StreamSubscriber } from "./subscriber.ts";

export interface StreamOptions {
  readonly services: SessionServices;
  readonly connections: Connections;
  readonly clock: Clock;
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

/** What any stream may carry beside its events. */
const ownMessages: ReadonlySet<string> = new Set([
  "snapshot",
  "sync:lost",
  "session:expiring",
  "session:closed",
  "relay:stale",
  "relay:fresh",
  "relay:draining",
]);

/** Opens a stream, or rejects before anything has been written. */
export async function openStream(
  request: StreamRequest,
  response: Response,
  options: StreamOptions,
): Promise<void> {
  const { socket } = response;
  // The client has left.
  if (!socket) return;
  const stream = new EventStream(request, socket, options);
  const left = () => stream.end();
  response.once("close", left);
  await stream.open(() => {
    response.off("close", left);
    response.removeHeader("Transfer-Encoding");
    response.writeHead(200, streamHeaders).flushHeaders();
    takeOver(response);
  });
}

/** From here on nothing MUST hold on to the request or its response, which may be let go of. */
class EventStream {
  readonly #request: StreamRequest;
  readonly #socket: Socket;
  readonly #options: StreamOptions;
  readonly #types: ReadonlySet<string>;
  readonly #subscriber: StreamSubscriber;
  readonly #session: Session;
  readonly #cancels: Cancel[] = [];
  /** A snapshot comes first; what changes before it is in it. */
  #isFlowing: boolean;
  #account: Account | undefined;
  #connection: Connection | undefined;

  constructor(request: StreamRequest, socket: Socket, options: StreamOptions) {
    this.#request = request;
    this.#socket = socket;
    this.#options = options;
    this.#types = new Set(request.kind.types);
    this.#isFlowing = !request.kind.isSnapshot;
    this.#subscriber = new StreamSubscriber(socket, {
      clock: options.clock,
      metrics: options.services.metrics,
      wants: (name) => ownMessages.has(name) || (this.#isFlowing && this.#types.has(name)),
      bufferBytes: options.bufferBytes,
      onSent: (bytes) => this.#account?.sent(bytes),
      onClose: (reason) => this.#account?.close(reason),
      onOverflow: () => this.#connection?.close("slow-consumer"),
    });
    this.#session = createSession(options.services, request.principal, this.#subscriber);
  }

  /** `writeHead` is called in the tick of joining the rooms, if they can be joined. */
  open(writeHead: () => void): Promise<void> {
    const { names, principal, since } = this.#request;
    const request = { names, fieldOf: roomField(names), ...(since !== undefined && { since }) };
    return this.#session.subscribe(request, (subscribed) => {
      this.#options.connections.assertFits(principal);
      writeHead();
      this.#begin(subscribed);
    });
  }

  end(): void {
    this.#session.end();
    this.#connection?.end();
    if (this.#account) this.#options.services.metrics.streamClosed(this.#request.route);
    this.#account?.settle(this.#socket.errored ? "line-lost" : "client-left");
    for (const cancel of this.#cancels) cancel();
  }

  #begin({ asked, position }: Subscribed): void {
    const { services, connections, clock, timing } = this.#options;
    const { metrics } = services;
    const { route, principal, since } = this.#request;
    this.#socket.on("error", () => metrics.streamFailed(route));
    this.#socket.once("close", () => this.end());
    this.#subscriber.writeText(streamRetry(timing.retryMs));
    // Whoever comes back without having got an event has missed something all the same. Whoever named a position keeps
    // it until what was missed has come.
    if (since === undefined) this.#subscriber.writeText(streamPosition(position));
    this.#account = openAccount({ transport: "stream", metrics, log: () => this.#log() });
    metrics.streamOpened(route);
    this.#connection = connections.open({
      principal,
      subscriber: this.#subscriber,
      session: this.#session,
    });
    const beat = () => {
      services.dispatch.flush(this.#subscriber);
      this.#subscriber.beat(this.#session.position());
    };
    this.#cancels.push(clock.every(timing.heartbeatMs, beat));
    this.#welcome(asked);
  }

  /** Sends the values that the stream begins with, if its kind has any; and again and again, if it is made of them. */
  #welcome(asked: readonly Room[]): void {
    const { services, clock, timing } = this.#options;
    const { values, isSnapshot } = this.#request.kind;
    if (!values) return;
    const flow: Values = (...scope) => {
      // What came until now is in the snapshot.
      services.dispatch.flush(this.#subscriber);
      this.#isFlowing = true;
      return values(...scope);
    };
    const welcome = () =>
      this.#session
        .welcome(asked, flow)
        .catch((error: unknown) => this.#log().error({ error }, "the current state was not sent"));
    void welcome();
    if (isSnapshot) this.#cancels.push(clock.every(timing.snapshotMs, welcome));
  }

  /** Made for each line, of which most streams have none. */
  #log(): Logger {
    const { requestId, route } = this.#request;
    return this.#options.logger.child({ requestId, route });
  }
}
