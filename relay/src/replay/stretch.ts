/**
 * The newest stretch of one organization's log, without a hole: what is delivered is put at its end, what is read is put
 * before its beginning.
 *
 *   start    oldest  ...  newest = the position that live events follow
 *     |--------|------------|
 *   whoever has everything up to `start` or any later position here has missed exactly what stands after it
 */
import { comparePositions } from "@faultline/contract";
import type { Outgoing } from "./outgoing.ts";

export interface StretchLimits {
  readonly entries: number;
  /** Of the events, as JSON. */
  readonly bytes: number;
}

/** "unread": the log may have it, further back. */
export type Missed = readonly Outgoing[] | "lost" | "unread";

export class Stretch {
  readonly #limits: StretchLimits;
  readonly #entries: Outgoing[] = [];
  readonly #sizes: number[] = [];
  #bytes = 0;
  #start: string;
  #hasAll = false;

  /** Begins empty, at the position that was delivered last. */
  constructor(position: string, limits: StretchLimits) {
    this.#limits = limits;
    this.#start = position;
  }

  /** The position that all of it follows. */
  get start(): string {
    return this.#start;
  }

  /** The position that it reaches up to. */
  get end(): string {
    return this.#entries.at(-1)?.position ?? this.#start;
  }

  /** Takes what was just delivered, which MUST follow the end; beyond the limits the oldest is forgotten. */
  append(outgoing: Outgoing): void {
    const bytes = bytesOf(outgoing);
    this.#entries.push(outgoing);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    while (this.#isOver()) this.#forgetOldest();
  }

  /** Takes what the log has up to `start`, newest first: as much as hangs together and as the limits allow. */
  prepend(older: readonly Outgoing[]): void {
    const { entries, bytes } = this.#limits;
    let taken = 0;
    for (const outgoing of older) {
      const size = bytesOf(outgoing);
      const isFull = this.#entries.length >= entries || this.#bytes + size > bytes;
      if (outgoing.position !== this.#start || isFull) break;
      this.#entries.unshift(outgoing);
      this.#sizes.unshift(size);
      this.#bytes += size;
      this.#start = outgoing.previous;
      taken += 1;
    }
    this.#hasAll ||= taken < older.length || older.length === 0 || this.#entries.length >= entries;
  }

  /** What follows a position. */
  after(position: string): Missed {
    if (position === this.#start) return this.#entries.slice();
    const at = this.#find(position);
    if (this.#entries[at]?.position === position) return this.#entries.slice(at + 1);
    return comparePositions(position, this.#start) < 0 && !this.#hasAll ? "unread" : "lost";
  }

  #forgetOldest(): void {
    this.#start = this.#entries.shift()?.position ?? this.#start;
    this.#bytes -= this.#sizes.shift() ?? 0;
    this.#hasAll = true;
  }

  #isOver(): boolean {
    return this.#entries.length > this.#limits.entries || this.#bytes > this.#limits.bytes;
  }

  /** Where the first entry stands that is at the position or after it. */
  #find(position: string): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const isBefore = comparePositions(this.#entries[middle]?.position ?? "", position) < 0;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function bytesOf({ message }: Outgoing): number {
  return message ? JSON.stringify(message.data).length : 0;
}
