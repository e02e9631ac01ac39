/** One event stream's life. */
import type { Principal } from "@faultline/contract";
import type { Response } from "express";
import type { Logger } from "pino";
import type { Cancel, Clock } from "../base/clock.ts";
import { streamComment, streamPosition, streamRetry } from "../dispatch/encode.ts";
import type { Subscriber } from "../dispatch/subscriber.ts";
import { type Account, openAccount } from "../metrics/account.ts";
import type { DisconnectReason } from "../metrics/metrics.ts";
import { createSession, type SessionServices, type Values } from "../session.ts";
import type { StreamKind } from "./stream_kinds.ts";

export interface StreamOptions {
  readonly services: SessionServices;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timing: StreamTiming;
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
const ownMessages: ReadonlySet<string> = new Set(["snapshot", "sync:lost"]);

/** Opens a stream, or rejects before anything has been written. */
export async function openStream(
  { route, kind, principal, names, since }: StreamRequest,
  response: Response,
  { services, clock, logger, timing }: StreamOptions,
): Promise<void> {
  // A snapshot comes first; what changes before it is in it.
  let isFlowing = !kind.isSnapshot;
  const types: ReadonlySet<string> = new Set(kind.types);
  const wants = (name: string) => ownMessages.has(name) || (isFlowing && types.has(name));
  const { metrics } = services;
  let account: Account | undefined;
  const subscriber = subscriberOf(response, wants, () => account);
  const session = createSession(services, principal, subscriber);
  const cancels: Cancel[] = [];
  response.on("error", () => metrics.streamFailed(route));
  response.on("close", () => {
    session.end();
    if (account) metrics.streamClosed(route);
    account?.settle(endOf(response));
    for (const cancel of cancels) cancel();
  });
  const request = { names, fieldOf: () => "room", ...(since !== undefined && { since }) };
  await session.subscribe(request, ({ asked, position }) => {
    response.writeHead(200, streamHeaders).write(streamRetry(timing.retryMs));
    // Whoever comes back without having got an event has missed something all the same. Whoever named a position keeps
    // it until what was missed has come.
    if (since === undefined) response.write(streamPosition(position));
    account = openAccount({ transport: "stream", metrics, log: logger.child({ route }) });
    metrics.streamOpened(route);
    cancels.push(clock.every(timing.heartbeatMs, () => write(response, streamComment("alive"))));
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

/** Why a response is over, unless its subscriber was closed. */
function endOf(response: Response): DisconnectReason {
  if (response.errored) return "line-lost";
  return response.writableEnded ? "draining" : "client-left";
}

/** After its end a response is still there for a moment, and would throw. */
function write(response: Response, chunk: string | Buffer): void {
  if (!response.writableEnded) response.write(chunk);
}

function subscriberOf(
  response: Response,
  wants: (name: string) => boolean,
  account: () => Account | undefined,
): Subscriber {
  return {
    transport: "stream",
    wants,
    send({ bytes }) {
      write(response, bytes);
      account()?.sent(bytes.length);
    },
    close(reason) {
      account()?.close(reason);
      response.end();
    },
  };
}
