/** What one connection comes to: measured, and told in one line when it is over. */
import type { Logger } from "pino";
import type { Transport } from "../dispatch/subscriber.ts";
import type { DisconnectReason, Metrics } from "./metrics.ts";

export interface AccountOptions {
  readonly transport: Transport;
  readonly metrics: Metrics;
  /** Of the connection: it writes the connection's id into every line. Asked for when there is a line. */
  readonly log: () => Logger;
}

export interface Account {
  /** This many bytes were handed to the connection. */
  sent(bytes: number): void;
  /** The relay ends the connection for this reason; only the first one counts. */
  close(reason: DisconnectReason): void;
  /** The connection is over: for the reason the relay gave, or else for `reason`. Calling it again does nothing. */
  settle(reason: DisconnectReason): void;
}

/** Opens the account of a connection that has just been accepted. */
export function openAccount(options: AccountOptions): Account {
  return new ConnectionAccount(options);
}

class ConnectionAccount implements Account {
  readonly #options: AccountOptions;
  readonly #openedAt = performance.now();
  #bytes = 0;
  #closedFor: DisconnectReason | undefined;
  #isSettled = false;

  constructor(options: AccountOptions) {
    this.#options = options;
    const { transport, metrics, log } = options;
    metrics.connected(transport);
    log().debug({ transport }, "connected");
  }

  sent(bytes: number): void {
    this.#bytes += bytes;
  }

  close(reason: DisconnectReason): void {
    this.#closedFor ??= reason;
  }

  settle(otherwise: DisconnectReason): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const { transport, metrics, log } = this.#options;
    const reason = this.#closedFor ?? otherwise;
    const seconds = (performance.now() - this.#openedAt) / 1_000;
    metrics.disconnected(transport, reason, seconds);
    // That clients come and go is no news; that the relay sends one away is.
    const level = this.#closedFor === undefined ? "debug" : "info";
    log()[level]({ transport, reason, seconds, bytes: this.#bytes }, "disconnected");
  }
}
