/** Swelling and fading of what has just changed. */
const lifeMs = 2_200;

export class Pulses {
  readonly #show: (id: string, strength: number) => void;
  readonly #started = new Map<string, number>();
  #frame: number | undefined;

  /** `show` is told of each building's strength, from 1 down to 0. */
  constructor(show: (id: string, strength: number) => void) {
    this.#show = show;
  }

  /** Starts one, or starts it over. For who wants less motion the change of colour has to do. */
  start(id: string): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.#started.set(id, performance.now());
    this.#frame ??= requestAnimationFrame(this.#step);
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#started.clear();
  }

  readonly #step = (now: number): void => {
    for (const [id, start] of this.#started) {
      const strength = Math.max(0, 1 - (now - start) / lifeMs) ** 2;
      this.#show(id, strength);
      if (strength === 0) this.#started.delete(id);
    }
    this.#frame = this.#started.size > 0 ? requestAnimationFrame(this.#step) : undefined;
  };
}
