/** A TCP socket as something that finished bytes are written to, and what of them still waits. */
import type { Socket } from "node:net";
import {
  createWriteDirectly,
  type DirectWriter,
  isPlain,
  type PlainSocket,
  type WriteDirectly,
} from "./direct.ts";

export interface TcpWriterOptions {
  /** Whether others go on writing to the socket: then it has to be asked before each write what it still has. Default true. */
  readonly isShared?: boolean;
  /** Default the system's, where there is one. */
  readonly writeDirectly?: WriteDirectly | undefined;
}

const systemWriteDirectly = createWriteDirectly();

/**
 * To be extended by whoever writes: all that is touched for every write of every client is in one object, which has its place
 * in the cache. Six closures have not.
 */
export abstract class TcpWriter implements DirectWriter {
  readonly #socket: Socket;
  readonly #plain: PlainSocket | undefined;
  readonly #writeDirectly: WriteDirectly | undefined;
  readonly #isShared: boolean;
  /** How much of what was written directly has not gone. */
  #left = 0;
  /** Whether the socket may have something to write that was not written directly. */
  #mustAsk = true;

  constructor(socket: Socket, options: TcpWriterOptions = {}) {
    const { isShared = true, writeDirectly = systemWriteDirectly } = options;
    this.#socket = socket;
    this.#plain = isPlain(socket) ? socket : undefined;
    this.#writeDirectly = writeDirectly;
    this.#isShared = isShared;
  }

  /** Bytes that waited have gone. */
  abstract drained(): void;

  /** How many bytes that the socket was given, by whomever, the kernel has not taken yet. */
  waiting(): number {
    return this.#mustAsk ? this.#left + this.#socket.writableLength : this.#left;
  }

  /** Writes after all that the socket was given before, by whomever. One that has ended is written nothing. */
  writeBytes(bytes: Buffer): void {
    const canTry = this.#plain && this.waiting() === 0;
    const left = canTry ? this.#writeDirectly?.(this.#plain, bytes, this) : undefined;
    this.#mustAsk = this.#isShared || left === undefined;
    if (left === undefined) this.#writePublicly(bytes);
    else this.#left += left;
  }

  gone(bytes: number): void {
    this.#left -= bytes;
    this.drained();
  }

  #writePublicly(bytes: Buffer): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    this.#socket.write(bytes, () => this.drained());
  }
}
