/** What a client was sent, in order. */
import { setTimeout as delay } from "node:timers/promises";

export interface Received {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came
  readonly data: any;
  /** The id of a stream's record. */
  readonly id?: string;
}

export class Inbox {
  readonly received: Received[] = [];
  #wake = () => {};

  add(message: Received): void {
    this.received.push(message);
    this.#wake();
  }

  named(name: string): readonly Received[] {
    return this.received.filter((message) => message.name === name);
  }

  /** Resolves to the first message that fits, once there is one. */
  async first(fits: (message: Received) => boolean, timeoutMs = 20_000): Promise<Received> {
    const [message] = await this.atLeast(1, fits, timeoutMs);
    if (!message) throw new Error("unreachable");
    return message;
  }

  /** Resolves to all messages that fit, once there are `count` of them. */
  async atLeast(
    count: number,
    fits: (message: Received) => boolean,
    timeoutMs = 20_000,
  ): Promise<readonly Received[]> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const fitting = this.received.filter(fits);
      if (fitting.length >= count) return fitting;
      if (Date.now() > deadline) {
        const seen = this.received.map(({ name }) => name).join(", ");
        throw new Error(`not within ${timeoutMs} ms: ${fitting.length} of ${count}; received: ${seen}`);
      }
      const timer = new AbortController();
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, delay(250, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    }
  }
}

export function isNamed(...names: readonly string[]): (message: Received) => boolean {
  return (message) => names.includes(message.name);
}
