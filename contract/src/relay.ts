/** What a client and the relay say to each other over Socket.IO, and the streams' own events. */
import { z } from "zod";
import type { Close } from "./closes.ts";
import type { ErrorBody } from "./errors.ts";
import type { FaultlineEvent } from "./events.ts";
import { positionSchema } from "./log.ts";

/** The most rooms that one message or stream may name. */
export const roomsPerRequest = 128;

/** Where Socket.IO is served. */
export const socketPath = "/api/realtime/socket.io";

/**
 * "subscribe" and "unsubscribe".
 *
 * With `since`, the last position that the client has of these rooms, it is sent what it missed there: after the answer,
 * in order, without a gap to what happens from then on, and without what it was sent already through rooms that this
 * connection had joined before. A position ahead of the relay is waited for. When not all of it can be sent, none of it is:
 * the answer says `recovered: false`, and "sync:lost" follows. State, which is the heat map and stats, is never repeated;
 * what it is just now follows in any case.
 */
const roomsSchema = z.array(z.string().max(128)).min(1).max(roomsPerRequest);
export const subscribeSchema = z.strictObject({ rooms: roomsSchema, since: positionSchema.optional() });
export const unsubscribeSchema = z.strictObject({ rooms: roomsSchema });
export const authenticateSchema = z.strictObject({ token: z.string().max(8_192) });

/** Answer to "subscribe". */
export type SubscribeAck =
  | {
      readonly ok: true;
      /** All rooms that the connection is now subscribed to. */
      readonly rooms: readonly string[];
      /** The log's position from which live events follow. */
      readonly position: string;
      /** Whether all that was missed since the position that was asked for follows; true when none was. */
      readonly recovered: boolean;
      /** How many events follow that were missed; what comes after them is new. */
      readonly replayed: number;
    }
  | { readonly ok: false; readonly error: ErrorBody };

export type UnsubscribeAck =
  | { readonly ok: true; readonly rooms: readonly string[] }
  | { readonly ok: false; readonly error: ErrorBody };

export type AuthenticateAck =
  | {
      readonly ok: true;
      /** When the fresh token expires. */
      readonly expiresAt: string;
      /** The rooms that the connection still is in: those that the fresh token permits. */
      readonly rooms: readonly string[];
    }
  | { readonly ok: false; readonly error: ErrorBody };

/** That a relay was cut off from what happens. */
export interface Staleness {
  /** Since when. */
  readonly since: string;
}

type EventMap = { [E in FaultlineEvent as E["type"]]: (event: E) => void };

export interface ServerToClientEvents extends EventMap {
  /** What was missed can't be replayed any more: fetch afresh. */
  "sync:lost": (lost: { readonly position: string }) => void;
  /** The token is about to expire: send a fresh one with "authenticate". */
  "session:expiring": (session: { readonly expiresAt: string }) => void;
  /** What happens does not reach this relay: what one sees may be old. All that was missed comes before "relay:fresh". */
  "relay:stale": (notice: Staleness) => void;
  /** Nothing that happened since then is missing any more. */
  "relay:fresh": (notice: Staleness) => void;
  /** The relay is shutting down: reconnect, not all at once. */
  "relay:draining": (notice: { readonly reconnectAfterMs: number }) => void;
  /** The connection ends right after this. */
  "session:closed": (close: Close) => void;
}

export interface ClientToServerEvents {
  subscribe: (request: unknown, ack?: (answer: SubscribeAck) => void) => void;
  unsubscribe: (request: unknown, ack?: (answer: UnsubscribeAck) => void) => void;
  authenticate: (request: unknown, ack?: (answer: AuthenticateAck) => void) => void;
}
