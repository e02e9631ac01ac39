/** What one socket may send. Everything counts, from the first byte: also pings, and what comes before a token. */
import { type Allowance, Bucket } from "../admission/bucket.ts";
import { type Clock, systemClock } from "../base/clock.ts";

export interface InboundLimits {
  readonly messages: Allowance;
  readonly bytes: Allowance;
}

/** A client that asks for its rooms one by one may do so for all that it may have. */
export const inboundLimits: InboundLimits = {
  messages: { perSecond: 20, burst: 200 },
  bytes: { perSecond: 64 * 1024, burst: 512 * 1024 },
};

export class Inbound {
  // Socket.IO hands on what came at once only when all of it has been counted: what is answered counts on its own.
  readonly #answered: Bucket;
  readonly #messages: Bucket;
  readonly #bytes: Bucket;

  constructor(limits: InboundLimits, clock: Pick<Clock, "now"> = systemClock) {
    this.#answered = new Bucket(limits.messages, clock);
    this.#messages = new Bucket(limits.messages, clock);
    this.#bytes = new Bucket(limits.bytes, clock);
  }

  /** Takes in so many bytes; gives whether the client sends on far beyond what it may. */
  take(length: number): boolean {
    this.#messages.take(1);
    this.#bytes.take(length);
    return this.#messages.isExhausted || this.#bytes.isExhausted;
  }

  /** Takes in one message that wants an answer; gives how long the client has to wait before the next: 0 if not at all. */
  takeMessage(): number {
    this.#answered.take(1);
    return Math.max(this.#answered.debtMs, this.#bytes.debtMs);
  }
}
