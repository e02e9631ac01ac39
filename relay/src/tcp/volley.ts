/** The same bytes for many sockets, gathered while a sweep goes on and handed to the kernel in one call. */
import type { SendAll } from "./send_all.ts";

/** A socket of a volley. */
export interface Target {
  /** The file descriptor if all that the socket was given has gone and it can be written to, else -1. */
  descriptor(): number;
  /** The kernel took the first `taken` of the bytes: what is left MUST be written. */
  took(bytes: Buffer, taken: number): void;
}

/** As many as a sweep visits in one turn: the time that a slice takes is still measured well. */
const most = 48;

export class Volley {
  readonly #sendAll: SendAll;
  readonly #descriptors = new Int32Array(most);
  readonly #sent = new Int32Array(most);
  readonly #fire = () => this.fire();
  #targets: Target[] = [];
  #bytes: Buffer = Buffer.alloc(0);

  constructor(sendAll: SendAll) {
    this.#sendAll = sendAll;
  }

  /** Sends when there are enough, when other bytes come, or when all that is to be done at once is done. */
  add(target: Target, bytes: Buffer): void {
    if (bytes !== this.#bytes) this.fire();
    if (this.#targets.length === 0) queueMicrotask(this.#fire);
    this.#bytes = bytes;
    this.#targets.push(target);
    if (this.#targets.length === most) this.fire();
  }

  /** Sends what was gathered. A descriptor is only asked for now: one that was closed may be another socket's already. */
  fire(): void {
    const [targets, bytes] = [this.#targets, this.#bytes];
    if (targets.length === 0) return;
    this.#targets = [];
    for (const [at, target] of targets.entries()) this.#descriptors[at] = target.descriptor();
    this.#sendAll(this.#descriptors, targets.length, bytes, this.#sent);
    for (const [at, target] of targets.entries()) target.took(bytes, this.#sent[at] ?? 0);
  }
}

/** Undefined where the native part is missing. */
export function createVolley(sendAll: SendAll | undefined): Volley | undefined {
  return sendAll && new Volley(sendAll);
}
