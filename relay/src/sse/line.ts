/** A stream's way out: the TCP socket itself, since the body has no framing of HTTP's. */
import type { Batch } from "../dispatch/batch.ts";
import type { Line, Outbox } from "../dispatch/outbox.ts";
import { TcpWriter } from "../tcp/writer.ts";

export class StreamLine extends TcpWriter implements Line {
  /** Whose line it is. */
  outbox: Outbox | undefined;
  /** Whether the client has read something since this was set to false. */
  hasRead = true;

  write({ bytes }: Batch): void {
    this.writeWithOthers(bytes);
  }

  /** Writes what is no frame: a heartbeat, a field of the stream itself. */
  writeText(text: string): void {
    this.writeBytes(Buffer.from(text));
  }

  discard(): void {
    // Node.js has no way to take back what it was given.
  }

  drained(): void {
    this.hasRead = true;
    this.outbox?.drained();
  }
}
