/** A socket as one to whom dispatch sends. */
import { Outbox } from "../dispatch/outbox.ts";
import type { EndReason, Subscriber } from "../dispatch/subscriber.ts";
import type { Account } from "../metrics/account.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Way, WayListener } from "./way.ts";

export interface SocketSubscriberOptions {
  readonly account: Account;
  readonly metrics: Metrics;
  /** How many bytes may wait for the client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
  /** The client reads too slowly. MUST end the connection. */
  readonly onOverflow: () => void;
}

export class SocketSubscriber extends Outbox implements Subscriber, WayListener {
  readonly transport = "socket";
  readonly #way: Way;
  readonly #account: Account;
  readonly #onOverflow: () => void;
  #hasClosed = false;

  constructor(way: Way, { account, metrics, bufferBytes, onOverflow }: SocketSubscriberOptions) {
    super({ line: way, limitBytes: bufferBytes, metrics });
    this.#way = way;
    this.#account = account;
    this.#onOverflow = onOverflow;
    way.listen(this);
  }

  wants(): boolean {
    return true;
  }

  close(reason: EndReason): void {
    if (this.#hasClosed) return;
    this.#hasClosed = true;
    this.#account.close(reason);
    this.end();
    this.#way.end();
  }

  protected overflowed(): void {
    this.#onOverflow();
  }
}
