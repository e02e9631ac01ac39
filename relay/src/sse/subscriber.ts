/** A stream as one to whom dispatch sends. */
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import type { Batch } from "../dispatch/batch.ts";
import { streamComment, streamPosition } from "../dispatch/encode.ts";
import { Outbox, outboxBytes } from "../dispatch/outbox.ts";
import { type EndReason, type Frame, graceMs, type Subscriber } from "../dispatch/subscriber.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { StreamLine } from "./line.ts";

export interface StreamSubscriberOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly wants: (name: string) => boolean;
  /** How many bytes may wait for the client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
  readonly onSent: (bytes: number) => void;
  readonly onClose: (reason: EndReason) => void;
  /** The client reads too slowly. MUST end the stream. */
  readonly onOverflow: () => void;
}

export class StreamSubscriber implements Subscriber {
  readonly transport = "stream";
  readonly #socket: Socket;
  readonly #options: StreamSubscriberOptions;
  readonly #line: StreamLine;
  readonly #outbox: Outbox;
  #hasRead = true;
  #hasClosed = false;

  constructor(socket: Socket, options: StreamSubscriberOptions) {
    const { metrics, bufferBytes = outboxBytes, onSent, onOverflow } = options;
    this.#socket = socket;
    this.#options = options;
    const line = new StreamLine(socket, {
      onDrained: () => {
        this.#hasRead = true;
        this.#outbox.drained();
      },
      onSent: (bytes) => {
        if (line.waiting() === 0) this.#hasRead = true;
        onSent(bytes);
      },
    });
    this.#line = line;
    this.#outbox = new Outbox({ transport: "stream", line, limitBytes: bufferBytes, metrics, onOverflow });
  }

  wants(name: string): boolean {
    return this.#options.wants(name);
  }

  write(batch: Batch): void {
    this.#outbox.write(batch);
  }

  send(frame: Frame): void {
    this.#outbox.send(frame);
  }

  /** Writes a field of the stream itself. */
  writeText(text: string): void {
    this.#line.writeText(text);
  }

  /**
   * Shows the client that the stream is alive, and the position up to which it was sent everything; the client is sent away
   * if it has read nothing since the last time.
   */
  beat(position: string | undefined): void {
    if (!this.#hasRead && this.#line.waiting() > 0) {
      this.#outbox.overflow();
      return;
    }
    this.#hasRead = false;
    this.#line.writeText(streamComment("alive"));
    if (position !== undefined) this.#line.writeText(streamPosition(position));
  }

  close(reason: EndReason): void {
    if (this.#hasClosed) return;
    this.#hasClosed = true;
    const { clock, onClose } = this.#options;
    onClose(reason);
    this.#outbox.end();
    this.#socket.once(
      "close",
      clock.after(graceMs, () => this.#line.terminate()),
    );
    this.#line.end();
  }
}
