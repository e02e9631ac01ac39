/** What is known of the connection, and what can happen to it. */
import type { Backoff } from "../base/backoff.ts";
import type { Cause, Failure } from "./failure.ts";

export type Transport = "socket" | "stream";

export const phases = ["idle", "connecting", "recovering", "live", "waiting", "offline", "closed"] as const;
export type Phase = (typeof phases)[number];

export interface Connection {
  readonly phase: Phase;
  /** Whether the line is in its rooms. */
  readonly isJoined: boolean;
  /** Whether the relay itself is cut off from what happens. */
  readonly isStale: boolean;
  /** The transport in use, or the one that is tried next. */
  readonly transport: Transport;
  /** Grows with each attempt; news of an earlier one's line counts no more. */
  readonly line: number;
  /** Attempts that failed since it was live last. */
  readonly failures: number;
  /** WebSocket attempts in a row that nobody answered. */
  readonly unanswered: number;
  /** Tokens in a row that were refused. */
  readonly refusals: number;
  /** Whether the attempt needs a token that was issued just now. */
  readonly needsFresh: boolean;
  readonly isOnline: boolean;
  /** While waiting or offline, when the next attempt is made; of an attempt, when it is given up. */
  readonly until: number | undefined;
  /** The relay said when to come back, should the line end. */
  readonly notBefore: number;
  /** On a stream that stands in for a WebSocket, when to see whether that works by now. */
  readonly probeAt: number | undefined;
  readonly probes: number;
  /** Why it is not, or was last not, live. */
  readonly cause: Cause | undefined;
  /** Since when it is live, wanted but not live, or not wanted. */
  readonly since: number;
}

export type Input =
  /** Somebody wants the connection; after a close, once more. */
  | { readonly type: "start" }
  /** Nobody wants it any more. */
  | { readonly type: "stop" }
  | { readonly type: "close" }
  /** The line stands, and asks for its rooms. */
  | { readonly type: "opened" }
  /** The line is in its rooms. */
  | { readonly type: "joined" }
  | { readonly type: "failed"; readonly failure: Failure }
  /** The relay is cut off from what happens. */
  | { readonly type: "stale" }
  /** It no longer is, and all that was missed has come. */
  | { readonly type: "fresh" }
  | { readonly type: "draining"; readonly afterMs: number }
  /** The token expires soon, and the line can't take another. */
  | { readonly type: "expiring" }
  /** The line can't change its rooms. */
  | { readonly type: "reshaped" }
  /** `until` has come. */
  | { readonly type: "due" }
  | { readonly type: "probed"; readonly works: boolean }
  | { readonly type: "online" }
  | { readonly type: "offline" }
  /** The machine or the tab slept. */
  | { readonly type: "woke" };

export interface Chance {
  readonly now: number;
  readonly random: () => number;
}

/** What differs between transports, and how long things may take. */
export const connectionTimes = {
  socket: { firstMs: 1_000, longestMs: 30_000 } satisfies Backoff,
  stream: { firstMs: 3_000, longestMs: 30_000 } satisfies Backoff,
  /** Until a WebSocket is tried again beside a stream. */
  probe: { firstMs: 15_000, longestMs: 300_000 } satisfies Backoff,
  /** How long an attempt may take to open, and again to join. */
  attemptMs: 15_000,
  /** How long a relay that is cut off from what happens is borne with, and half of it at least: another may not be. */
  staleMs: 120_000,
  /** Between two renewals of the token, however often the relay gives notice. */
  renewMs: 20_000,
  /** A browser may be wrong about being offline. */
  offlineMs: 30_000,
} as const;

/** An attempt after a loss is still the loss. */
const standingOf = (phase: Phase) => (phase === "live" || phase === "idle" ? phase : "down");

/** Since when it is as `next` says, after what it was `before`. */
export function sinceOf(
  before: Pick<Connection, "phase" | "since">,
  next: Pick<Connection, "phase" | "since">,
): number {
  if (standingOf(before.phase) !== standingOf(next.phase)) return next.since;
  return Math.min(before.since, next.since);
}

export function initialConnection(now: number): Connection {
  return {
    phase: "idle",
    isJoined: false,
    isStale: false,
    transport: "socket",
    line: 0,
    failures: 0,
    unanswered: 0,
    refusals: 0,
    needsFresh: false,
    isOnline: true,
    until: undefined,
    notBefore: 0,
    probeAt: undefined,
    probes: 0,
    cause: undefined,
    since: now,
  };
}
