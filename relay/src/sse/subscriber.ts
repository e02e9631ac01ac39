/** A stream as one to whom dispatch sends. */
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { streamComment, streamPosition } from "../dispatch/encode.ts";
import { Outbox, outboxBytes } from "../dispatch/outbox.ts";
import { type EndReason, graceMs, type Subscriber } from "../dispatch/subscriber.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { createStreamLine } from "./line.ts";

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

export interface StreamSubscriber extends Subscriber {
  /** Writes a field of the stream itself. */
  writeText(text: string): void;
  /**
   * Shows the client that the stream is alive, and the position up to which it was sent everything; the client is sent away
   * if it has read nothing since the last time.
   */
  beat(position: string | undefined): void;
}

export function createStreamSubscriber(socket: Socket, options: StreamSubscriberOptions): StreamSubscriber {
  const { clock, metrics, wants, bufferBytes = outboxBytes, onSent, onClose, onOverflow } = options;
  let hasRead = true;
  const line = createStreamLine(socket, {
    onDrained: () => {
      hasRead = true;
      outbox.drained();
    },
    onSent: (bytes) => {
      if (line.waiting() === 0) hasRead = true;
      onSent(bytes);
    },
  });
  const outbox = new Outbox({ transport: "stream", line, limitBytes: bufferBytes, metrics, onOverflow });
  let hasClosed = false;
  return {
    transport: "stream",
    wants,
    write: (batch) => outbox.write(batch),
    send: (frame) => outbox.send(frame),
    writeText: line.writeText,
    beat(position) {
      if (!hasRead && line.waiting() > 0) return outbox.overflow();
      hasRead = false;
      line.writeText(streamComment("alive"));
      if (position !== undefined) line.writeText(streamPosition(position));
    },
    close(reason) {
      if (hasClosed) return;
      hasClosed = true;
      onClose(reason);
      outbox.end();
      socket.once("close", clock.after(graceMs, line.terminate));
      line.end();
    },
  };
}
