/** A socket as one to whom dispatch sends. Frames go to the Engine.IO connection as they are, past Socket.IO's encoder. */
import type { Socket } from "socket.io";
import { systemClock } from "../base/clock.ts";
import type { Batch } from "../dispatch/batch.ts";
import { Outbox, outboxBytes } from "../dispatch/outbox.ts";
import { type EndReason, type Frame, graceMs, type Subscriber } from "../dispatch/subscriber.ts";
import type { Account } from "../metrics/account.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { SocketLine } from "./line.ts";

export interface SocketSubscriberOptions {
  readonly account: Account;
  readonly metrics: Metrics;
  /** How many bytes may wait for the client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
  /** Socket.IO is about to write something of its own. MUST write first what waits for the client. */
  readonly onForeign: () => void;
  /** The client reads too slowly. MUST end the connection. */
  readonly onOverflow: () => void;
}

export class SocketSubscriber implements Subscriber {
  readonly transport = "socket";
  readonly #socket: Pick<Socket, "conn" | "disconnect">;
  readonly #account: Account;
  readonly #line: SocketLine;
  readonly #outbox: Outbox;
  #hasClosed = false;

  constructor(socket: Pick<Socket, "conn" | "disconnect">, options: SocketSubscriberOptions) {
    const { account, metrics, bufferBytes = outboxBytes, onForeign, onOverflow } = options;
    this.#socket = socket;
    this.#account = account;
    const onDrained = () => this.#outbox.drained();
    const onSent = (bytes: number) => account.sent(bytes);
    this.#line = new SocketLine(socket.conn, { onDrained, onForeign, onSent });
    const line = this.#line;
    this.#outbox = new Outbox({ transport: "socket", line, limitBytes: bufferBytes, metrics, onOverflow });
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

  close(reason: EndReason): void {
    if (this.#hasClosed) return;
    this.#hasClosed = true;
    this.#account.close(reason);
    this.#outbox.end();
    // Engine.IO takes a connection for closed before the other side has agreed.
    const cancel = systemClock.after(graceMs, () => this.#line.terminate());
    this.#socket.conn.transport.once("close", cancel);
    this.#socket.disconnect(true);
  }
}
