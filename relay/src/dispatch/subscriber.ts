/** The port between dispatch and the transports: one connection that events are written to. */
import type { CloseReason } from "@faultline/contract";
import type { StateValues } from "./held.ts";

export const transports = ["socket", "stream"] as const;
export type Transport = (typeof transports)[number];

/** How long a client may take to read the last of what it was sent; then its connection is torn down. */
export const graceMs = 2_000;

/** A message, encoded for one transport: the same for every subscriber, so it is made once. */
export interface Frame {
  readonly text: string;
  /** `text` as UTF-8. */
  readonly bytes: Buffer;
  /** Of state: what a newer frame replaces while it waits. */
  readonly state?: StateValues;
}

/** Why it is ended: what a client is told, or that its own side threw. */
export type EndReason = CloseReason | "failed";

export interface Subscriber {
  /** Which encoding its frames must have. */
  readonly transport: Transport;
  /** Whether messages of this name are for it; asked for every message, so it MUST be quick. */
  wants(name: string): boolean;
  /**
   * Writes one finished frame after those before it; only one of state may come later, or not at all when a newer one has
   * replaced it. What the client asked for may be more than it is allowed to leave unread otherwise. MUST NOT throw, block
   * or change the frame; after `close`, or when the other side is gone, it MUST do nothing.
   */
  send(frame: Frame, isAsked: boolean): void;
  /**
   * Ends the connection; frames that were sent before may still arrive. Calling it again MUST do nothing. The
   * transport itself MUST leave dispatch when the connection has ended, whoever ended it.
   */
  close(reason: EndReason): void;
}
