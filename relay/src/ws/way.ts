/** The port between what a socket's client is answered and the two fronts that speak Socket.IO's protocol with it. */
import type { Line } from "../dispatch/outbox.ts";

/** The way to one client that is connected. */
export interface Way extends Line {
  /** Of the connection, as the client knows it, too. */
  readonly id: string;
  /** Of the HTTP request that it came by. */
  readonly requestId: string;
  /** Whom it tells from now on. */
  listen(listener: WayListener): void;
  /** Takes in one message that wants an answer; gives how long the client has to wait before the next: 0 if not at all. */
  takeMessage(): number;
  /** Says goodbye, and ends the line when the client has read all or, after `graceMs`, does not read on. */
  end(): void;
}

export interface WayListener {
  /** A part of what waited has gone. */
  drained(): void;
}
