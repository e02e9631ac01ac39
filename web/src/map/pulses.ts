/** Swelling and fading of what has just changed. */
import type { Painter } from "./painter.ts";

const lifeMs = 2_200;

export class Pulses {
  readonly #show: (id: string, strength: number) => void;
  readonly #painter: Painter;
  readonly #started = new Map<string, number>();

  /** `show` is told of each building's strength, from 1 down to 0. */
  constructor(painter: Painter, show: (id: string, strength: number) => void) {
    this.#painter = painter;
    this.#show = show;
  }

  /** Starts one, or starts it over. For who wants less motion the change of colour has to do. */
  start(id: string): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#started.set(id, performance.now());
    this.#painter.request(this.#step);
  }

  stop(): void {
    this.#started.clear();
  }

  readonly #step = (now: number): void => {
    for (const [id, start] of this.#started) {
      const strength = Math.max(0, 1 - (now - start) / lifeMs) ** 2;
      this.#show(id, strength);
      if (strength === 0) this.#started.delete(id);
    }
    if (this.#started.size > 0) this.#painter.request(this.#step);
  };
}
