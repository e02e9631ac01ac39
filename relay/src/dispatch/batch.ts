/** Frames that go out as one write. */
import type { Frame } from "./subscriber.ts";

/**
 * Immutable, so that all who wait for the same frames share one batch: its bytes are joined once, however many clients
 * they are written to.
 */
export class Batch {
  readonly last: Frame;
  /** In bytes. */
  readonly size: number;
  readonly #before: Batch | undefined;
  #longer: Map<Frame, Batch> | undefined;
  #bytes: Buffer | undefined;

  constructor(last: Frame, before?: Batch) {
    this.last = last;
    this.#before = before;
    this.size = (before?.size ?? 0) + last.bytes.length;
  }

  /** The batch that has one frame more; the same one for whoever asks again. */
  with(frame: Frame): Batch {
    this.#longer ??= new Map();
    const known = this.#longer.get(frame);
    if (known) return known;
    const longer = new Batch(frame, this);
    this.#longer.set(frame, longer);
    return longer;
  }

  /** In the order of sending. */
  get frames(): readonly Frame[] {
    const frames: Frame[] = [];
    for (let batch: Batch | undefined = this; batch; batch = batch.#before) frames.push(batch.last);
    return frames.reverse();
  }

  /** What goes over the wire. MUST NOT be changed. */
  get bytes(): Buffer {
    this.#bytes ??= this.#before ? Buffer.concat(this.frames.map(({ bytes }) => bytes)) : this.last.bytes;
    return this.#bytes;
  }
}
