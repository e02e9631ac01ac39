/** The connection as the rest of the client sees it, whether it is this page's or another tab's. */
import type { ErrorBody, FaultlineEvent, Principal } from "@faultline/contract";
import type { Store } from "../base/store.ts";
import type { Connection, Phase, Transport } from "./connection.ts";
import type { Cause } from "./failure.ts";

export type LinkNews =
  | { readonly type: "event"; readonly event: FaultlineEvent }
  /** These are all rooms that events come from; `isWhole`: nothing was missed in those that were joined before. */
  | { readonly type: "joined"; readonly rooms: readonly string[]; readonly isWhole: boolean }
  /** What was missed can't be told: fetch afresh. */
  | { readonly type: "lost" }
  /** A room that was asked for is not to be had. */
  | { readonly type: "refused"; readonly room: string; readonly error: ErrorBody }
  /** As whom the connection was made or renewed. */
  | { readonly type: "member"; readonly member: Principal };

/** What people are told of the connection. */
export interface ConnectionState {
  readonly phase: Phase;
  readonly transport: Transport;
  /** Whether it is a stream only because WebSockets seem to be blocked. */
  readonly isFallback: boolean;
  /** Why it is not, or was last not, live. */
  readonly cause: Cause | undefined;
  /** When the next attempt is made, while it waits for one; in milliseconds since 1970. */
  readonly retryAt: number | undefined;
  /** Since when it is live; while it is not, since it was last, however often it has been tried since. */
  readonly since: number;
}

export interface Link {
  readonly state: Store<ConnectionState>;
  /** The position up to which everything was received. */
  readonly position: string | undefined;
  /** Asks for just these rooms; with none, the connection is let go of. */
  want(rooms: readonly string[]): void;
  /** Tries again now, also after a close that was final. */
  restart(): void;
  /** Somebody whose timers run says that the time for the next attempt has come. */
  remind(): void;
  close(): void;
}

export function stateOf(connection: Connection): ConnectionState {
  const { phase, transport, cause, until, since } = connection;
  return {
    phase,
    transport,
    isFallback: transport === "stream",
    cause,
    retryAt: phase === "waiting" || phase === "offline" ? until : undefined,
    since,
  };
}

/** Whether both tell people the same. */
export function isSameState(a: ConnectionState, b: ConnectionState): boolean {
  return (Object.keys(a) as (keyof ConnectionState)[]).every((key) => a[key] === b[key]);
}
