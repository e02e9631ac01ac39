/**
 * What waits for one client, by the same rules on both transports: every byte counts; while anything waits, state is
 * replaced rather than queued; and a client for which too much waits is sent away.
 */
import type { Metrics } from "../metrics/metrics.ts";
import { Batch } from "./batch.ts";
import type { Feed, Seat } from "./feed.ts";
import { HeldState, type StateValues } from "./held.ts";
import type { Frame, Transport } from "./subscriber.ts";

/** A transport's way out. Whoever has one MUST call `drained` of its outbox each time a part of what waits has gone. */
export interface Line {
  /** How many bytes wait, whoever wrote them: 0 when all have gone. MUST be quick. */
  waiting(): number;
  /** Writes after all that was written before. */
  write(batch: Batch): void;
  /** Forgets what waits, as far as the transport can take it back. */
  discard(): void;
}

/** How many bytes may wait for one client by default. */
export const outboxBytes = 1024 * 1024;

/** State that is held goes out as soon as no more than this waits, so that a busy line does not hold it up for ever. */
const releaseBytes = 16 * 1024;

export interface OutboxOptions {
  readonly line: Line;
  /** How many bytes may wait for the client. Default `outboxBytes`. */
  readonly limitBytes?: number | undefined;
  readonly metrics: Pick<Metrics, "coalesced" | "slowConsumer">;
}

/** To be extended by a transport's subscriber, so that a write touches one object where it would touch two. */
export abstract class Outbox implements Seat {
  feed: Feed | undefined = undefined;
  rooms = 0;
  next = 0;
  readonly #line: Line;
  readonly #limitBytes: number;
  readonly #metrics: OutboxOptions["metrics"];
  /** Undefined for nothing, as with nearly everybody. */
  #held: HeldState | undefined;
  /** Of what waits, the bytes that are not held against the client: it asked for them, or they found an idle line. */
  #excused = 0;
  /** "full": only what is asked for is sent, such as why the connection ends. */
  #state: "open" | "full" | "ended" = "open";
  #sentBytes = 0;

  constructor({ line, limitBytes = outboxBytes, metrics }: OutboxOptions) {
    this.#line = line;
    this.#limitBytes = limitBytes;
    this.#metrics = metrics;
  }

  abstract readonly transport: Transport;

  /** More waits than may, and what could be taken back is gone; called once. It MUST end the connection. */
  protected abstract overflowed(): void;

  /** All that was sent until now. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Sends now; or, of state and while anything waits, later. */
  write(batch: Batch): void {
    if (this.#state !== "open") return;
    if (this.#isIdle()) this.#pass(batch);
    else for (const frame of batch.frames) if (this.#state === "open") this.#put(frame);
  }

  /** Sends what was asked for. */
  send(frame: Frame): void {
    if (this.#state === "ended") return;
    if (this.#isIdle()) this.#pass(new Batch(frame));
    else {
      this.#excused += frame.bytes.length;
      this.#put(frame);
    }
  }

  /** Sends the client away if too much waits for it, by whichever way it came to wait. */
  check(): void {
    if (this.#line.waiting() + this.#heldBytes > this.#limitBytes + this.#excused) this.overflow();
  }

  /** Sends the client away: it does not read what it is sent. */
  overflow(): void {
    if (this.#state !== "open") return;
    this.#state = "full";
    this.#held = undefined;
    this.#line.discard();
    this.#metrics.slowConsumer(this.transport);
    this.overflowed();
  }

  /** A part of what waited has gone. */
  drained(): void {
    const waiting = this.#line.waiting();
    const held = this.#held;
    this.#excused = Math.min(this.#excused, waiting + this.#heldBytes);
    if (!held || waiting > releaseBytes) return;
    this.#excused = waiting + held.bytes;
    this.#held = undefined;
    for (const frame of held.frames) this.#write(new Batch(frame));
  }

  /** Nothing more is sent. */
  end(): void {
    this.#state = "ended";
    this.#held = undefined;
  }

  get #heldBytes(): number {
    return this.#held?.bytes ?? 0;
  }

  /** Whether nothing waits; then nothing is held, either. */
  #isIdle(): boolean {
    if (this.#line.waiting() > 0) return false;
    if (!this.#held) return true;
    this.drained();
    return this.#line.waiting() === 0;
  }

  #pass(batch: Batch): void {
    this.#excused = batch.size;
    this.#write(batch);
  }

  #write(batch: Batch): void {
    this.#sentBytes += batch.size;
    this.#line.write(batch);
  }

  #put(frame: Frame): void {
    if (frame.state) this.#hold(frame, frame.state);
    else this.#write(new Batch(frame));
    this.check();
  }

  #hold(frame: Frame, state: StateValues): void {
    this.#held ??= new HeldState();
    const replaced = this.#held.hold(frame, state);
    for (let count = 0; count < replaced; count++) this.#metrics.coalesced(state.kind);
  }
}
