/**
 * What an operator is told: one method for each thing that happens. Names of rooms, users and organizations never reach
 * a metric, whose labels must stay few.
 */
import type { CloseReason, ErrorReason, RoomKind } from "@faultline/contract";
import type { Strain } from "../admission/vitals.ts";
import type { Transport } from "../dispatch/subscriber.ts";

/** Why a connection ended: the relay's own reasons, and those of the other side or the line. */
export type DisconnectReason = CloseReason | "client-left" | "line-lost" | "ping-timeout" | "failed";

/** The value of a room that replaces the one before it. */
export const stateKinds = ["heatmap", "stats"] as const;
export type StateKind = (typeof stateKinds)[number];

/** What Socket.IO clients send. */
export const messageNames = ["subscribe", "unsubscribe", "authenticate"] as const;
export type MessageName = (typeof messageNames)[number];

/** "current": nothing was missed; "replayed": what was missed was sent; "lost": it could not be. */
export const replayOutcomes = ["current", "replayed", "lost"] as const;
export type ReplayOutcome = (typeof replayOutcomes)[number];

/** What comes from Redis. */
export const malformedThings = ["push", "entry", "member-change"] as const;
export type MalformedThing = (typeof malformedThings)[number];

/** The relay's connections to Redis. */
export const redisClients = ["commands", "publisher", "subscriber"] as const;
export type RedisClient = (typeof redisClients)[number];

export interface Sent {
  readonly transport: Transport;
  /** The event's type, or the name of the relay's own message. */
  readonly name: string;
  readonly subscribers: number;
  /** Of the frame that each of them was sent. */
  readonly bytes: number;
}

export interface Latency {
  readonly transport: Transport;
  readonly fromCommitMs: number;
  readonly fromAppendMs: number;
}

export interface HttpAnswer {
  /** The route's pattern, never the URL. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

/** None of these throws, and each costs next to nothing. */
export interface Metrics {
  connected(transport: Transport): void;
  /** Once for each `connected`. */
  disconnected(transport: Transport, reason: DisconnectReason, seconds: number): void;
  /** A connection was not opened. */
  refused(transport: Transport, reason: ErrorReason): void;
  /** Nobody showed who they are: a token or ticket was refused, on whichever way. */
  authenticationFailed(reason: ErrorReason): void;
  /** Another room of this kind was joined by one subscriber; `unsubscribed` once for each. */
  subscribed(transport: Transport, kind: RoomKind): void;
  unsubscribed(transport: Transport, kind: RoomKind): void;
  /** A client sent a message; `outcome` is "ok" or the reason of the error it was answered with. */
  received(name: MessageName, outcome: "ok" | ErrorReason): void;
  /** Once for a message and transport, however many subscribers it went to. */
  sent(sent: Sent): void;
  /** A log entry was written to all of its live subscribers: once for an entry and transport, never for a replay. */
  delivered(latency: Latency): void;
  /** A client came back with a position; `entries` is how many were sent. */
  replayed(transport: Transport, outcome: ReplayOutcome, entries: number): void;
  /** A push did not follow the one before it. */
  gapFound(): void;
  /** An entry came again, of which all was delivered before. */
  duplicateDropped(): void;
  /** What was missed while live is no longer in the log: everybody of an organization was told. */
  logLost(): void;
  /** One command that read a log, and the entries it gave. */
  logRead(entries: number): void;
  /** What came from Redis is no push or entry and was passed over. */
  malformed(what: MalformedThing): void;
  /** A state value was replaced by a newer one before it was sent. */
  coalesced(kind: StateKind): void;
  /** A subscriber read too slowly and was closed. */
  slowConsumer(transport: Transport): void;
  /** `kind` is a route of Server-Sent Events; `streamClosed` once for each. */
  streamOpened(kind: string): void;
  streamClosed(kind: string): void;
  /** A stream broke, or was refused by a fault of the relay's own. */
  streamFailed(kind: string): void;
  httpAnswered(answer: HttpAnswer): void;
  redisState(client: RedisClient, isUp: boolean): void;
  draining(isDraining: boolean): void;
  /** New connections are refused, or no longer refused, for want of this. */
  overloaded(strain: Strain, isOverloaded: boolean): void;
}

const nothing = (): void => {};

/** Counts nothing. */
export const noMetrics: Metrics = {
  connected: nothing,
  disconnected: nothing,
  refused: nothing,
  authenticationFailed: nothing,
  subscribed: nothing,
  unsubscribed: nothing,
  received: nothing,
  sent: nothing,
  delivered: nothing,
  replayed: nothing,
  gapFound: nothing,
  duplicateDropped: nothing,
  logLost: nothing,
  logRead: nothing,
  malformed: nothing,
  coalesced: nothing,
  slowConsumer: nothing,
  streamOpened: nothing,
  streamClosed: nothing,
  streamFailed: nothing,
  httpAnswered: nothing,
  redisState: nothing,
  draining: nothing,
  overloaded: nothing,
};
