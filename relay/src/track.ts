/** Follows one organization's log: the effects around `sequence`. */
import type { Push } from "@faultline/contract";
import type { Logger } from "pino";
import { type Clock, pause } from "./clock.ts";
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
}

export interface Track {
  /** Resolves when the position is known; rejects, and the track has ended, when the log can't be read. */
  readonly begun: Promise<void>;
  /** The position of the last entry that was delivered; undefined before `begun`. */
  position(): string | undefined;
  receive(push: Push): void;
  /** Pushes may have been missed: look into the log. */
  doubt(): void;
  end(): void;
}

export function createTrack(options: TrackOptions): Track {
  const { organizationId, log, clock, logger, retryMs, deliver, lost } = options;
  let sequence: Sequence = unbegun;
  let isReading = false;
  let hasEnded = false;

  const take = (input: Input) => {
    const step = advance(sequence, input);
    sequence = step.sequence;
    if (step.lost !== undefined) lost(step.lost);
    for (const placed of step.deliver) deliver(placed);
  };

  const readOnce = async (): Promise<Input> =>
    sequence.need === "page" && sequence.position !== undefined
      ? { kind: "page", page: await log.after(organizationId, sequence.position) }
      : { kind: "newest", position: await log.newest(organizationId) };

  /** Reads until nothing is needed; it goes live in the very tick of the last answer, so no push slips between. */
  const catchUp = async () => {
    if (isReading) return;
    isReading = true;
    while (sequence.need !== "nothing" && !hasEnded) {
      try {
        const input = await readOnce();
        if (!hasEnded) take(input);
      } catch (error) {
        if (sequence.position === undefined) throw error;
        logger.warn({ organizationId, error }, "the log can't be read; trying again");
        await pause(clock, retryMs);
      }
    }
    isReading = false;
  };

  const takeAndCatchUp = (input: Input) => {
    if (hasEnded) return;
    take(input);
    if (sequence.need !== "nothing" && sequence.position !== undefined) void catchUp();
  };

  const begun = catchUp();
  begun.catch(() => {
    hasEnded = true;
  });
  return {
    begun,
    position: () => sequence.position,
    receive: (push) => takeAndCatchUp({ kind: "push", push }),
    doubt: () => takeAndCatchUp({ kind: "doubt" }),
    end() {
      hasEnded = true;
    },
  };
}
