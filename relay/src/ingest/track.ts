/** Follows one organization's log: the effects around `sequence`. */
import type { Logger } from "pino";
import { type Clock, pause } from "../base/clock.ts";
import type { Log } from "./log.ts";
import { advance, type Input, type Placed, type Sequence, unbegun } from "./sequence.ts";

export interface TrackOptions {
  readonly organizationId: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long to wait before a failed read of the log is tried again. */
  readonly retryMs: number;
  /** Gets every entry once and in order. MUST NOT throw. */
  readonly deliver: (placed: Placed) => void;
  /** Events were lost; what is delivered goes on after `position`. MUST NOT throw. */
  readonly lost: (position: string) => void;
  /** A push did not follow what was delivered. MUST NOT throw. */
  readonly gapFound?: () => void;
  /** A push was dropped, since what it holds was delivered before. MUST NOT throw. */
  readonly duplicateDropped?: () => void;
}

export interface Track {
  /** Resolves when the position is known; rejects, and the track has ended, when the log can't be read. */
  readonly begun: Promise<void>;
  /** The position of the last entry that was delivered; undefined before `begun`. */
  position(): string | undefined;
  receive(push: Placed): void;
  /** Whether a position is one of those delivered last, of this log or of one that was lost. */
  hasDelivered(position: string): boolean;
  /** Pushes may have been missed: look into the log. */
  doubt(): void;
  /** Looks into the log; resolves when all that it held at the call was delivered, however often that must be tried. */
  caughtUp(): Promise<void>;
  end(): void;
}

/** How many of the last positions are remembered. */
const mostDelivered = 1_000;

export function createTrack(options: TrackOptions): Track {
  return new ReadingTrack(options);
}

class ReadingTrack implements Track {
  readonly begun: Promise<void>;
  readonly #options: TrackOptions;
  /** In the order of delivery. */
  readonly #delivered = new Set<string>();
  #sequence: Sequence = unbegun;
  #reading: Promise<void> | undefined;
  #hasEnded = false;

  constructor(options: TrackOptions) {
    this.#options = options;
    this.begun = this.#catchUp();
    this.begun.catch(() => this.end());
  }

  position(): string | undefined {
    return this.#sequence.position;
  }

  receive(push: Placed): void {
    this.#takeAndCatchUp({ kind: "push", push });
  }

  hasDelivered(position: string): boolean {
    return position === this.#sequence.position || this.#delivered.has(position);
  }

  doubt(): void {
    this.#takeAndCatchUp({ kind: "doubt" });
  }

  async caughtUp(): Promise<void> {
    this.doubt();
    await this.#reading;
  }

  end(): void {
    this.#hasEnded = true;
  }

  #takeAndCatchUp(input: Input): void {
    if (this.#hasEnded) return;
    this.#take(input);
    // Before it has begun, `begun` is what reads, and what rejects.
    if (this.#sequence.position !== undefined) void this.#catchUp();
  }

  #take(input: Input): void {
    const { sequence, lost, deliver, repeated } = advance(this.#sequence, input);
    if (input.kind === "push" && isGap(this.#sequence, sequence)) this.#options.gapFound?.();
    for (let count = 0; count < repeated; count += 1) this.#options.duplicateDropped?.();
    this.#sequence = sequence;
    if (lost !== undefined) this.#options.lost(lost);
    for (const placed of deliver) this.#deliver(placed);
  }

  #deliver(placed: Placed): void {
    this.#options.deliver(placed);
    this.#delivered.add(placed.position);
    const [oldest] = this.#delivered;
    if (this.#delivered.size > mostDelivered && oldest !== undefined) this.#delivered.delete(oldest);
  }

  /** Reads until nothing is needed; it goes live in the very tick of the last answer, so no push slips between. */
  async #catchUp(): Promise<void> {
    if (this.#sequence.need !== "nothing") this.#reading ??= this.#readAll();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#sequence.need !== "nothing" && !this.#hasEnded) {
      try {
        const input = await this.#read();
        if (!this.#hasEnded) this.#take(input);
      } catch (error) {
        if (this.#sequence.position === undefined) throw error;
        const { organizationId, logger, clock, retryMs } = this.#options;
        logger.warn({ organizationId, error }, "the log can't be read; trying again");
        await pause(clock, retryMs);
      }
    }
    // In the tick of the last answer: whatever is needed from now on is read anew.
    this.#reading = undefined;
  }

  async #read(): Promise<Input> {
    const { organizationId, log } = this.#options;
    const { need, position } = this.#sequence;
    return need === "page" && position !== undefined
      ? { kind: "page", page: await log.after(organizationId, position) }
      : { kind: "newest", position: await log.newest(organizationId) };
  }
}

/** Whether a push was what made the log be read. */
function isGap(before: Sequence, after: Sequence): boolean {
  return before.need === "nothing" && after.need === "page";
}
