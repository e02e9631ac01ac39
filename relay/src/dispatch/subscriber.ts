/** The port between dispatch and the transports: one connection that events are written to. */
import type { CloseReason } from "@faultline/contract";
import type { Batch } from "./batch.ts";
import type { Seat } from "./feed.ts";
import type { StateValues } from "./held.ts";

export const transports = ["socket", "stream"] as const;
export type Transport = (typeof transports)[number];

/** How long a client may take to read the last of what it was sent; then its connection is torn down. */
export const graceMs = 2_000;

/** A message, encoded for one transport: the same for every subscriber, so it is made once. */
export interface Frame {
  /** As text: of a socket, the Engine.IO message's data; of a stream, the record. */
  readonly text: string;
  /** What goes over TCP: of a socket, a whole WebSocket frame; of a stream, the record. */
  readonly bytes: Buffer;
  /** Of state: what a newer frame replaces while it waits. */
  readonly state?: StateValues;
}

/** Why it is ended: what a client is told, or that its own side threw. */
export type EndReason = CloseReason | "failed";

export interface Subscriber extends Seat {
  /** Which encoding its frames must have. */
  readonly transport: Transport;
  /** Whether messages of this name are for it; asked for every message, so it MUST be quick. */
  wants(name: string): boolean;
  /**
   * Writes finished frames, after those before them; only one of state may come later, or not at all when a newer one has
   * replaced it. MUST NOT throw or block; after `close`, or when the other side is gone, it MUST do nothing.
   */
  write(batch: Batch): void;
  /**
   * Writes what the client asked for, which may be more than it is allowed to leave unread otherwise. The same rules as
   * for `write`.
   */
  send(frame: Frame): void;
  /**
   * Ends the connection; frames that were sent before may still arrive. Calling it again MUST do nothing. The
   * transport itself MUST leave dispatch when the connection has ended, whoever ended it.
   */
  close(reason: EndReason): void;
}
