/** State that is not sent yet: what a newer value has replaced is forgotten, what is left keeps its order. */
import type { StateKind } from "../metrics/metrics.ts";
import type { Frame } from "./subscriber.ts";

/** Which values a message of state has. */
export interface StateValues {
  readonly kind: StateKind;
  /** A value of the same key in a newer message replaces the one in an older. */
  readonly keys: readonly string[];
}

export class HeldState {
  /** By frame, how many of its values are still the newest; in the order of coming. */
  readonly #frames = new Map<Frame, number>();
  readonly #newest = new Map<string, Frame>();
  #bytes = 0;

  /** Of all frames together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the newest frame; gives how many older ones have no value left that counts. */
  hold(frame: Frame, { keys }: StateValues): number {
    const before = this.#frames.size;
    for (const key of keys) {
      this.#release(this.#newest.get(key));
      this.#newest.set(key, frame);
    }
    const replaced = before - this.#frames.size;
    this.#frames.set(frame, keys.length);
    this.#bytes += frame.bytes.length;
    return replaced;
  }

  /** What is still worth sending, in its order. */
  get frames(): Iterable<Frame> {
    return this.#frames.keys();
  }

  #release(frame: Frame | undefined): void {
    const values = frame && this.#frames.get(frame);
    if (!values) return;
    if (values > 1) this.#frames.set(frame, values - 1);
    else {
      this.#frames.delete(frame);
      this.#bytes -= frame.bytes.length;
    }
  }
}
