/** What one connection comes to: measured, and told in one line when it is over. */
import type { Logger } from "pino";
import type { Transport } from "../dispatch/subscriber.ts";
import type { DisconnectReason, Metrics } from "./metrics.ts";

/** What writes lines of its own. */
export interface Logged {
  /** It writes the connection's id into every line. Asked for when there is a line. */
  log(): Logger;
}

export interface AccountOptions {
  readonly transport: Transport;
  readonly metrics: Metrics;
  /** The connection. */
  readonly of: Logged;
}

export interface Account {
  /** The relay ends the connection for this reason; only the first one counts. */
  close(reason: DisconnectReason): void;
  /**
   * The connection is over: for the reason the relay gave, or else for `reason`. So many `bytes` of messages were handed to it.
   * Calling it again does nothing.
   */
  settle(reason: DisconnectReason, bytes: number): void;
}

/** Opens the account of a connection that has just been accepted. */
export function openAccount(options: AccountOptions): Account {
  return new ConnectionAccount(options);
}

class ConnectionAccount implements Account {
  readonly #transport: Transport;
  readonly #metrics: Metrics;
  readonly #of: Logged;
  readonly #openedAt = performance.now();
  #closedFor: DisconnectReason | undefined;
  #isSettled = false;

  constructor({ transport, metrics, of }: AccountOptions) {
    this.#transport = transport;
    this.#metrics = metrics;
    this.#of = of;
    metrics.connected(transport);
    of.log().debug({ transport }, "connected");
  }

  close(reason: DisconnectReason): void {
    this.#closedFor ??= reason;
  }

  settle(otherwise: DisconnectReason, bytes: number): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const transport = this.#transport;
    const reason = this.#closedFor ?? otherwise;
    const seconds = (performance.now() - this.#openedAt) / 1_000;
    this.#metrics.disconnected(transport, reason, seconds);
    // That clients come and go is no news; that the relay sends one away is.
    const level = this.#closedFor === undefined ? "debug" : "info";
    this.#of.log()[level]({ transport, reason, seconds, bytes }, "disconnected");
  }
}
