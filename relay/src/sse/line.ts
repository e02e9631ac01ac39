/** A stream's way out: the TCP socket itself, since the body has no framing of HTTP's. */
import type { Socket } from "node:net";
import type { Batch } from "../dispatch/batch.ts";
import type { Line } from "../dispatch/outbox.ts";
import { TcpWriter } from "../tcp/writer.ts";

export interface StreamLineOptions {
  /** A part of what waited has gone. */
  readonly onDrained: () => void;
  readonly onSent: (bytes: number) => void;
}

export class StreamLine implements Line {
  readonly #socket: Socket;
  readonly #writer: TcpWriter;
  readonly #onSent: (bytes: number) => void;

  constructor(socket: Socket, { onDrained, onSent }: StreamLineOptions) {
    this.#socket = socket;
    this.#writer = new TcpWriter(socket, onDrained);
    this.#onSent = onSent;
  }

  waiting(): number {
    return this.#writer.waiting;
  }

  write({ bytes }: Batch): void {
    this.#write(bytes);
    this.#onSent(bytes.length);
  }

  /** Writes what is no frame: a heartbeat, a field of the stream itself. */
  writeText(text: string): void {
    this.#write(Buffer.from(text));
  }

  discard(): void {
    // Node has no way to take back what it was given.
  }

  /** Ends the connection when the other side has read all. */
  end(): void {
    this.#socket.end();
  }

  /** Ends the connection without waiting for the other side, which may never read what the kernel still has for it. */
  terminate(): void {
    this.#socket.resetAndDestroy();
  }

  #write(bytes: Buffer): void {
    if (!this.#socket.writableEnded && !this.#socket.destroyed) this.#writer.write(bytes);
  }
}
