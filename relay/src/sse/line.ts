/** A stream's way out: the TCP socket itself, since the body has no framing of HTTP's. */
import type { Socket } from "node:net";
import type { Line } from "../dispatch/outbox.ts";
import { createTcpWriter } from "../tcp/writer.ts";

export interface StreamLine extends Line {
  /** Writes what is no frame: a heartbeat, a field of the stream itself. */
  writeText(text: string): void;
  /** Ends the connection when the other side has read all. */
  end(): void;
  /** Ends the connection without waiting for the other side, which may never read what the kernel still has for it. */
  terminate(): void;
}

export interface StreamLineOptions {
  /** A part of what waited has gone. */
  readonly onDrained: () => void;
  readonly onSent: (bytes: number) => void;
}

export function createStreamLine(socket: Socket, { onDrained, onSent }: StreamLineOptions): StreamLine {
  const writer = createTcpWriter(socket, onDrained);
  const write = (bytes: Buffer) => {
    if (!socket.writableEnded && !socket.destroyed) writer.write(bytes);
  };
  return {
    waiting: writer.waiting,
    write({ bytes }) {
      write(bytes);
      onSent(bytes.length);
    },
    writeText: (text) => write(Buffer.from(text)),
    discard() {
      // Node has no way to take back what it was given.
    },
    end: () => socket.end(),
    terminate: () => socket.resetAndDestroy(),
  };
}
