/** A stream's way out: the response, and the TCP socket below it. */
import type { Response } from "express";
import type { Line } from "../dispatch/outbox.ts";

export interface StreamLine extends Line {
  /** Writes what is no frame: a heartbeat, a field of the stream itself. */
  writeText(text: string): void;
  /** Ends the connection without waiting for the other side, which may never read what the kernel still has for it. */
  terminate(): void;
}

export interface StreamLineOptions {
  /** A part of what waited has gone. */
  readonly onDrained: () => void;
  readonly onSent: (bytes: number) => void;
}

export function createStreamLine(response: Response, { onDrained, onSent }: StreamLineOptions): StreamLine {
  // After its end a response is still there for a moment, and would throw.
  const write = (chunk: string | Buffer) => {
    if (!response.writableEnded && !response.destroyed) response.write(chunk, onDrained);
  };
  return {
    waiting: () => response.writableLength,
    write({ bytes }) {
      write(bytes);
      onSent(bytes.length);
    },
    writeText: write,
    discard() {
      // Node has no way to take back what it was given.
    },
    terminate: () => response.socket?.resetAndDestroy(),
  };
}
