/** The port between dispatch and the transports: one connection that events are written to. */

export const transports = ["socket", "stream"] as const;
export type Transport = (typeof transports)[number];

/** A message, encoded for one transport: the same for every subscriber, so it is made once. */
export interface Frame {
  readonly text: string;
  /** `text` as UTF-8. */
  readonly bytes: Buffer;
}

export type CloseReason = "failed";

export interface Subscriber {
  /** Which encoding its frames must have. */
  readonly transport: Transport;
  /** Whether messages of this name are for it; asked for every message, so it MUST be quick. */
  wants(name: string): boolean;
  /**
   * Writes one finished frame after those before it. MUST NOT throw, block or change the frame; after `close`, or when
   * the other side is gone, it MUST do nothing.
   */
  send(frame: Frame): void;
  /**
   * Ends the connection; frames that were sent before may still arrive. Calling it again MUST do nothing. The
   * transport itself MUST leave dispatch when the connection has ended, whoever ended it.
   */
  close(reason: CloseReason): void;
}
