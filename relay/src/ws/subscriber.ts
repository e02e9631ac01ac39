/** A socket as one to whom dispatch sends. */
import type { Batch } from "../dispatch/batch.ts";
import { Outbox, outboxBytes } from "../dispatch/outbox.ts";
import type { EndReason, Frame, Subscriber } from "../dispatch/subscriber.ts";
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

export class SocketSubscriber implements Subscriber, WayListener {
  readonly transport = "socket";
  readonly #way: Way;
  readonly #account: Account;
  readonly #outbox: Outbox;
  #hasClosed = false;

  constructor(way: Way, options: SocketSubscriberOptions) {
    const { account, metrics, bufferBytes = outboxBytes, onOverflow } = options;
    this.#way = way;
    this.#account = account;
    this.#outbox = new Outbox({
      transport: "socket",
      line: way,
      limitBytes: bufferBytes,
      metrics,
      onOverflow,
    });
    way.listen(this);
  }

  wants(): boolean {
    return true;
  }

  write(batch: Batch): void {
    this.#outbox.write(batch);
  }

  send(frame: Frame): void {
    this.#outbox.send(frame);
  }

  /** Sends the client away if it has left too much unread; for what was not sent through here. */
  check(): void {
    this.#outbox.check();
  }

  sent(bytes: number): void {
    this.#account.sent(bytes);
  }

  drained(): void {
    this.#outbox.drained();
  }

  close(reason: EndReason): void {
    if (this.#hasClosed) return;
    this.#hasClosed = true;
    this.#account.close(reason);
    this.#outbox.end();
    this.#way.end();
  }
}
