/** What clients missed while they were away: read from the log once for all who come back, and shared. */
import { comparePositions, FaultlineError } from "@faultline/contract";
import type { Cancel, Clock } from "../base/clock.ts";
import { available } from "../base/deadline.ts";
import type { Watch } from "../ingest/ingest.ts";
import type { Log } from "../ingest/log.ts";
import { type Outgoing, outgoingOf } from "./outgoing.ts";
import { Stretch, type StretchLimits } from "./stretch.ts";

export interface Replay {
  /** Takes what was just delivered, in the organization's order. */
  remember(organizationId: string, outgoing: Outgoing): void;
  /** What is known of the organization's log holds no longer. */
  forget(organizationId: string): void;
  /**
   * Calls `act` with all that follows `since`, or with "lost" when that can't be told any more; in the tick of the call
   * it reaches exactly to the position of `watch`. Rejects with `unavailable` when the log can't be read, and with what
   * `act` throws.
   */
  resume(request: ResumeRequest, act: (missed: readonly Outgoing[] | "lost") => void): Promise<void>;
  close(): void;
}

export interface ResumeRequest {
  readonly organizationId: string;
  readonly watch: Watch;
  /** The position that the client has everything up to. */
  readonly since: string;
}

export interface ReplayLimits extends StretchLimits {
  /** How long what was read is kept after it was last asked for. */
  readonly keepMs: number;
}

/** Further back than `entries` or `bytes` nothing is replayed. */
export const replayLimits: ReplayLimits = { entries: 1_000, bytes: 8 * 1024 * 1024, keepMs: 30_000 };

export interface ReplayOptions {
  readonly log: Pick<Log, "before">;
  readonly clock: Clock;
  readonly limits?: Partial<ReplayLimits> | undefined;
}

export function createReplay(options: ReplayOptions): Replay {
  return new SharedReplay(options);
}

interface Known {
  readonly stretch: Stretch;
  /** The read that is under way; many who wait share it. */
  reading: Promise<void> | undefined;
  cancelForget: Cancel;
}

/** Keeps a stretch for each organization that somebody came back to a short while ago. */
class SharedReplay implements Replay {
  readonly #log: Pick<Log, "before">;
  readonly #clock: Clock;
  readonly #limits: ReplayLimits;
  readonly #organizations = new Map<string, Known>();
  #turn: Promise<void> = Promise.resolve();

  constructor({ log, clock, limits }: ReplayOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#limits = { ...replayLimits, ...limits };
  }

  remember(organizationId: string, outgoing: Outgoing): void {
    const stretch = this.#organizations.get(organizationId)?.stretch;
    if (!stretch) return;
    if (stretch.end === outgoing.previous) stretch.append(outgoing);
    else this.forget(organizationId);
  }

  forget(organizationId: string): void {
    this.#organizations.get(organizationId)?.cancelForget();
    this.#organizations.delete(organizationId);
  }

  async resume(request: ResumeRequest, act: (missed: readonly Outgoing[] | "lost") => void): Promise<void> {
    const { organizationId, watch, since } = request;
    // Another relay may have been ahead of this one.
    if (comparePositions(since, watch.position()) > 0) await available("The log", watch.caughtUp());
    for (;;) {
      await this.#nextTurn();
      if (watch.hasEnded()) throw new FaultlineError("unavailable", "The connection has ended.");
      const known = this.#knownOf(organizationId, watch.position());
      const missed = known.stretch.after(since);
      if (missed !== "unread") return act(missed);
      await available("The log", this.#read(organizationId, known));
    }
  }

  close(): void {
    for (const organizationId of this.#organizations.keys()) this.forget(organizationId);
  }

  /** A thousand who come back at once must not hold up everybody else. */
  #nextTurn(): Promise<void> {
    this.#turn = this.#turn.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#turn;
  }

  #knownOf(organizationId: string, position: string): Known {
    let known = this.#organizations.get(organizationId);
    if (known?.stretch.end !== position) {
      this.forget(organizationId);
      known = { stretch: new Stretch(position, this.#limits), reading: undefined, cancelForget: () => {} };
      this.#organizations.set(organizationId, known);
    }
    known.cancelForget();
    known.cancelForget = this.#clock.after(this.#limits.keepMs, () => this.forget(organizationId));
    return known;
  }

  #read(organizationId: string, known: Known): Promise<void> {
    known.reading ??= this.#readOnce(organizationId, known).finally(() => {
      known.reading = undefined;
    });
    return known.reading;
  }

  async #readOnce(organizationId: string, { stretch }: Known): Promise<void> {
    const older = await this.#log.before(organizationId, stretch.start);
    stretch.prepend(older.map((placed) => outgoingOf(organizationId, placed)));
  }
}
