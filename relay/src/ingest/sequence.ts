/**
 * The order of one organization's events, as decisions without effects: what to deliver, and what to read from the log
 * before anything more may be delivered.
 *
 *   need "newest"  -- newest -->  need "nothing"  -- a push that does not follow, or doubt -->  need "page"
 *        ^                              ^                                                          |
 *        |                              +----------- the last page, which meets the pushes --------+
 *        +------------------------------------------ the position is no longer in the log ---------+
 */
import { comparePositions, type LogEntry } from "@faultline/contract";

/** What is pushed, and what the log holds. */
export interface Placed {
  readonly position: string;
  /** The position of the entry before it. */
  readonly previous: string;
  /** Undefined for one that can't be read, which is passed over. */
  readonly entry: LogEntry | undefined;
}

/** A stretch of the log right after a position. */
export interface Page {
  /** Whether nothing between that position and these entries has been trimmed or lost. */
  readonly isCovered: boolean;
  readonly entries: readonly Placed[];
  /** Whether the log ended here when it was read. */
  readonly isLast: boolean;
}

export interface Sequence {
  /** The last position that was delivered; undefined before it has begun. */
  readonly position: string | undefined;
  readonly need: "nothing" | "page" | "newest";
  /** Pushes that came while the log was being read. */
  readonly waiting: readonly Placed[];
  /** Whether the log must be read once more even if the page at hand is the last. */
  readonly again: boolean;
}

export type Input =
  | { readonly kind: "push"; readonly push: Placed }
  /** Pushes may have been missed. */
  | { readonly kind: "doubt" }
  /** The log after the sequence's position. */
  | { readonly kind: "page"; readonly page: Page }
  /** The position of the log's newest entry. */
  | { readonly kind: "newest"; readonly position: string };

export interface Step {
  readonly sequence: Sequence;
  readonly deliver: readonly Placed[];
  /** How many pushes were dropped, since all of them was delivered before. */
  readonly repeated: number;
  /** Events were lost; what is delivered goes on after this position. Comes before `deliver`. */
  readonly lost?: string;
}

/** The most pushes that wait; beyond it they are forgotten and read from the log. */
export const mostWaiting = 1_000;

/** A sequence that begins at the log's newest entry. */
export const unbegun: Sequence = { position: undefined, need: "newest", waiting: [], again: false };

export function advance(sequence: Sequence, input: Input): Step {
  switch (input.kind) {
    case "push":
      return sequence.need === "nothing" ? accept(sequence, [input.push]) : wait(sequence, input.push);
    case "doubt":
      return still(
        sequence.need === "nothing" ? { ...sequence, need: "page" } : { ...sequence, again: true },
      );
    case "page":
      return sequence.need === "page" ? read(sequence, input.page) : still(sequence);
    case "newest":
      return sequence.need === "newest" ? begin(sequence, input.position) : still(sequence);
  }
}

/** What a push is to someone who has everything up to `position`. */
export function judge(position: string, push: Pick<Placed, "position" | "previous">): "old" | "next" | "gap" {
  if (comparePositions(push.position, position) <= 0) return "old";
  return push.previous === position ? "next" : "gap";
}

function still(sequence: Sequence): Step {
  return { sequence, deliver: [], repeated: 0 };
}

function wait(sequence: Sequence, push: Placed): Step {
  if (sequence.waiting.length < mostWaiting) {
    return still({ ...sequence, waiting: [...sequence.waiting, push] });
  }
  return still({ ...sequence, waiting: [], again: true });
}

function begin(sequence: Sequence, position: string): Step {
  const step = settle({ ...sequence, position });
  return sequence.position === undefined ? step : { ...step, lost: position };
}

function read(sequence: Sequence, page: Page): Step {
  // What waits was appended before the newest entry is asked for, if it was not lost as well.
  if (!page.isCovered) return still({ ...sequence, need: "newest", waiting: [] });
  const position = page.entries.at(-1)?.position ?? sequence.position;
  const moved = { ...sequence, position };
  const step = page.isLast ? settle(moved) : still(moved);
  return { ...step, deliver: [...page.entries, ...step.deliver] };
}

/** After the log's end has been reached: go live with the pushes that waited, unless it must be read again. */
function settle(sequence: Sequence): Step {
  if (sequence.again) return still({ ...sequence, need: "page", again: false });
  return accept({ ...sequence, need: "nothing", waiting: [] }, sequence.waiting);
}

/** Takes pushes in turn up to the first that does not follow: that one and the rest are in the log. */
function accept(sequence: Sequence, pushes: readonly Placed[]): Step {
  const deliver: Placed[] = [];
  let { position = "" } = sequence;
  let repeated = 0;
  for (const push of pushes) {
    const verdict = judge(position, push);
    if (verdict === "gap") return { sequence: { ...sequence, position, need: "page" }, deliver, repeated };
    if (verdict === "old") {
      repeated += 1;
      continue;
    }
    deliver.push(push);
    position = push.position;
  }
  return { sequence: { ...sequence, position }, deliver, repeated };
}
