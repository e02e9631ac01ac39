/** A TCP socket as something that finished bytes are written to, and what of them still waits. */
import type { Socket } from "node:net";
import {
  createWriteDirectly,
  type DirectWriter,
  type Handle,
  handleOf,
  type WriteDirectly,
} from "./direct.ts";
import { loadSendAll } from "./send_all.ts";
import { createVolley, type Target, type Volley } from "./volley.ts";

export interface TcpWriterOptions {
  /** Default the system's, where there is one. */
  readonly writeDirectly?: WriteDirectly | undefined;
  /** The same; null for none. */
  readonly volley?: Volley | null;
}

const systemWriteDirectly = createWriteDirectly();
/** One for all: it is about doing for many what would be done for each. */
const systemVolley = createVolley(loadSendAll());

/**
 * From now on the only one who writes to the socket; others may end it. To be extended by whoever writes: all that is touched for every write of every client is in one object, which has its place
 * in the cache. Six closures have not.
 */
export abstract class TcpWriter implements DirectWriter, Target {
  readonly #socket: Socket;
  /** Kept beside the socket, which needs not be touched then. */
  readonly #handle: Handle | undefined;
  readonly #writeDirectly: WriteDirectly | undefined;
  readonly #volley: Volley | null | undefined;
  /** How much of what was written directly has not gone. */
  #left = 0;
  /** Whether something is to go out with others'. */
  #isGathered = false;
  /** Whether the socket may have something to write that was not written directly. */
  #mustAsk = true;

  constructor(socket: Socket, options: TcpWriterOptions = {}) {
    const { writeDirectly = systemWriteDirectly, volley = systemVolley } = options;
    this.#socket = socket;
    this.#handle = handleOf(socket);
    this.#writeDirectly = writeDirectly;
    this.#volley = volley;
  }

  /** Bytes that waited have gone. */
  abstract drained(): void;

  /** How many bytes the kernel does not take just now. What was to go out with others' goes now. */
  waiting(): number {
    if (this.#isGathered) this.settle();
    return this.#unsent;
  }

  /**
   * The same as `writeBytes`, for bytes that many are sent: they go out with the others', within the same turn of the event
   * loop. Before anybody else writes to the socket or ends it `settle` MUST be called.
   */
  writeWithOthers(bytes: Buffer): void {
    // Twice in one volley, the second could go out before the rest of the first.
    if (this.#isGathered) this.settle();
    if (!this.#handle || !this.#volley) {
      this.writeBytes(bytes);
      return;
    }
    this.#isGathered = true;
    this.#volley.add(this, bytes);
  }

  /** Hands over what was to go out with others'. */
  settle(): void {
    this.#volley?.fire();
  }

  /** Writes after all that the socket was given before, by whomever. One that has ended is written nothing. */
  writeBytes(bytes: Buffer): void {
    this.settle();
    const canTry = this.#handle && this.waiting() === 0;
    const left = canTry ? this.#writeDirectly?.(this.#handle, bytes, this) : undefined;
    this.#mustAsk = left === undefined;
    if (left === undefined) this.#writePublicly(bytes);
    else this.#left += left;
  }

  descriptor(): number {
    return this.#unsent === 0 ? (this.#handle?.fd ?? -1) : -1;
  }

  took(bytes: Buffer, taken: number): void {
    this.#isGathered = false;
    if (taken < bytes.length) this.writeBytes(bytes.subarray(taken));
  }

  gone(bytes: number): void {
    this.#left -= bytes;
    this.drained();
  }

  /** Of what was written, by whomever before this writer. */
  get #unsent(): number {
    return this.#mustAsk ? this.#left + this.#socket.writableLength : this.#left;
  }

  #writePublicly(bytes: Buffer): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    this.#socket.write(bytes, () => this.drained());
  }
}
