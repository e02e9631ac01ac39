/** A stream as one to whom dispatch sends. */
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { streamComment, streamPosition } from "../dispatch/encode.ts";
import { Outbox } from "../dispatch/outbox.ts";
import { type EndReason, graceMs, type Subscriber } from "../dispatch/subscriber.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { StreamLine } from "./line.ts";
import type { StreamKind } from "./stream_kinds.ts";

/** Whose subscriber it is. */
export interface StreamOwner {
  /** The stream is about to be ended, for this reason. */
  closing(reason: EndReason): void;
  /** The client reads too slowly. MUST end the stream. */
  overflowed(): void;
}

export interface StreamSubscriberOptions {
  readonly kind: StreamKind;
  readonly owner: StreamOwner;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** How many bytes may wait for the client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
}

/** What any stream may carry beside its events. */
const ownMessages: ReadonlySet<string> = new Set([
  "snapshot",
  "sync:lost",
  "session:expiring",
  "session:closed",
  "relay:stale",
  "relay:fresh",
  "relay:draining",
]);

export class StreamSubscriber extends Outbox implements Subscriber {
  readonly transport = "stream";
  readonly #kind: StreamKind;
  readonly #owner: StreamOwner;
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #line: StreamLine;
  /** A snapshot comes first; what changes before it is in it. */
  #isFlowing: boolean;
  #hasClosed = false;

  constructor(socket: Socket, { kind, owner, clock, metrics, bufferBytes }: StreamSubscriberOptions) {
    const line = new StreamLine(socket);
    super({ line, limitBytes: bufferBytes, metrics });
    line.outbox = this;
    this.#kind = kind;
    this.#owner = owner;
    this.#clock = clock;
    this.#socket = socket;
    this.#line = line;
    this.#isFlowing = !kind.isSnapshot;
  }

  /** Events may come from now on. */
  flow(): void {
    this.#isFlowing = true;
  }

  wants(name: string): boolean {
    return (this.#isFlowing && this.#kind.types.has(name)) || ownMessages.has(name);
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
    const hasReadAll = this.#line.waiting() === 0;
    if (!this.#line.hasRead && !hasReadAll) {
      this.overflow();
      return;
    }
    this.#line.hasRead = hasReadAll;
    this.#line.writeText(streamComment("alive"));
    if (position !== undefined) this.#line.writeText(streamPosition(position));
  }

  close(reason: EndReason): void {
    if (this.#hasClosed) return;
    this.#hasClosed = true;
    this.#owner.closing(reason);
    this.end();
    // The other side may never read what the kernel still has for it.
    const cancel = this.#clock.after(graceMs, () => this.#socket.resetAndDestroy());
    this.#socket.once("close", cancel);
    this.#line.settle();
    this.#socket.end();
  }

  protected overflowed(): void {
    this.#owner.overflowed();
  }
}
