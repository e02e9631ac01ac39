/** A TCP socket as something that finished bytes are written to, and what of them still waits. */
import type { Socket } from "node:net";
import {
  createWriteDirectly,
  type DirectWriter,
  isPlain,
  type PlainSocket,
  type WriteDirectly,
} from "./direct.ts";

const systemWriteDirectly = createWriteDirectly();

/** A class, as all that is touched for every write of every client: one object has its place in the cache, six closures have not. */
export class TcpWriter implements DirectWriter {
  readonly #socket: Socket;
  readonly #plain: PlainSocket | undefined;
  readonly #writeDirectly: WriteDirectly | undefined;
  readonly #onDrained: () => void;
  /** How much of what was written directly has not gone. */
  #left = 0;

  /** `onDrained` is called when bytes that waited have gone. `writeDirectly` is the system's, where there is one. */
  constructor(
    socket: Socket,
    onDrained: () => void,
    writeDirectly: WriteDirectly | undefined = systemWriteDirectly,
  ) {
    this.#socket = socket;
    this.#plain = isPlain(socket) ? socket : undefined;
    this.#writeDirectly = writeDirectly;
    this.#onDrained = onDrained;
  }

  /** How many bytes that the socket was given, by whomever, the kernel has not taken yet. */
  get waiting(): number {
    return this.#left + this.#socket.writableLength;
  }

  /** Writes after all that the socket was given before, by whomever. */
  write(bytes: Buffer): void {
    const canTry = this.#plain && this.waiting === 0;
    const left = canTry ? this.#writeDirectly?.(this.#plain, bytes, this) : undefined;
    if (left === undefined) this.#socket.write(bytes, this.#onDrained);
    else this.#left += left;
  }

  gone(bytes: number): void {
    this.#left -= bytes;
    this.#onDrained();
  }
}
