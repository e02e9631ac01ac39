/** One event stream's life. */
import type { Principal } from "@faultline/contract";
import type { Response } from "express";
import type { Logger } from "pino";
import type { Cancel, Clock } from "../base/clock.ts";
import type { Connection } from "../connections/connection.ts";
import type { Connections } from "../connections/connections.ts";
import { streamPosition, streamRetry } from "../dispatch/encode.ts";
import { type Account, openAccount } from "../metrics/account.ts";
import { createSession, type SessionServices, type Values } from "../session.ts";
import { roomField, type StreamKind } from "./stream_kinds.ts";
import { createStreamSubscriber } from "./subscriber.ts";

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

export const streamTiming: StreamTiming = { retryMs: 3_000, heartbeatMs: 25_000, snapshotMs: 30_000 };

export const streamHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
} as const;

export interface StreamRequest {
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
  "relay:draining",
]);

/** Opens a stream, or rejects before anything has been written. */
export async function openStream(
  { route, kind, principal, names, since }: StreamRequest,
  response: Response,
  { services, connections, clock, logger, timing, bufferBytes }: StreamOptions,
): Promise<void> {
  // A snapshot comes first; what changes before it is in it.
  let isFlowing = !kind.isSnapshot;
  const types: ReadonlySet<string> = new Set(kind.types);
  const wants = (name: string) => ownMessages.has(name) || (isFlowing && types.has(name));
  const { metrics } = services;
  let account: Account | undefined;
  const subscriber = createStreamSubscriber(response, {
    clock,
    metrics,
    wants,
    bufferBytes,
    onSent: (bytes) => account?.sent(bytes),
    onClose: (reason) => account?.close(reason),
    onOverflow: () => connection?.close("slow-consumer"),
  });
  const session = createSession(services, principal, subscriber);
  const cancels: Cancel[] = [];
  let connection: Connection | undefined;
  response.on("error", () => metrics.streamFailed(route));
  response.on("close", () => {
    session.end();
    connection?.end();
    if (account) metrics.streamClosed(route);
    account?.settle(response.errored ? "line-lost" : "client-left");
    for (const cancel of cancels) cancel();
  });
  const request = { names, fieldOf: roomField(names), ...(since !== undefined && { since }) };
  await session.subscribe(request, ({ asked, position }) => {
    connections.assertFits(principal);
    response.writeHead(200, streamHeaders);
    subscriber.write(streamRetry(timing.retryMs));
    // Whoever comes back without having got an event has missed something all the same. Whoever named a position keeps
    // it until what was missed has come.
    if (since === undefined) subscriber.write(streamPosition(position));
    account = openAccount({ transport: "stream", metrics, log: logger.child({ route }) });
    metrics.streamOpened(route);
    connection = connections.open({ principal, subscriber, session });
    cancels.push(clock.every(timing.heartbeatMs, () => subscriber.beat(session.position())));
    const { values } = kind;
    if (!values) return;
    const flow: Values = (...scope) => {
      isFlowing = true;
      return values(...scope);
    };
    const welcome = () =>
      session
        .welcome(asked, flow)
        .catch((error: unknown) => logger.error({ error }, "the current state was not sent"));
    void welcome();
    if (kind.isSnapshot) cancels.push(clock.every(timing.snapshotMs, welcome));
  });
}
