/**
 * Rows that do not jump: while somebody points at the list or works in it, its rows keep their places; what changed is
 * shown in them, and the new order waits until it is asked for or the pointer leaves.
 */
import type { Issue } from "@faultline/contract";

export interface Row<I extends Issue = Issue> {
  readonly issue: I;
  /** It no longer belongs in the list, and leaves once the list is let go of. */
  readonly isLeaving: boolean;
}

export interface HeldRows<I extends Issue = Issue> {
  readonly rows: readonly Row<I>[];
  /** Rows that would appear, go or move if the list were let go of now. */
  readonly waiting: number;
}

/**
 * `current` is what the list should be, `held` what it was when it was seized (undefined: it is not), and `find` gives an
 * issue's latest state whether or not it fits the list.
 */
export function holdRows<I extends Issue>(options: {
  readonly current: readonly I[];
  readonly held: readonly I[] | undefined;
  readonly find: (id: string) => I | undefined;
}): HeldRows<I> {
  const { current, held, find } = options;
  if (!held) return { rows: current.map((issue) => ({ issue, isLeaving: false })), waiting: 0 };
  const fitting = new Map(current.map((issue) => [issue.id, issue]));
  const rows = held.map((old): Row<I> => {
    const issue = fitting.get(old.id);
    return issue ? { issue, isLeaving: false } : { issue: find(old.id) ?? old, isLeaving: true };
  });
  return { rows, waiting: countDifferences(current, held) };
}

/** Those that came, those that left, and those whose place among the ones that stayed is another. */
function countDifferences(current: readonly Issue[], held: readonly Issue[]): number {
  const before = new Set(held.map(({ id }) => id));
  const after = new Set(current.map(({ id }) => id));
  const came = current.filter(({ id }) => !before.has(id)).length;
  const left = held.filter(({ id }) => !after.has(id)).length;
  const stayed = held.filter(({ id }) => after.has(id));
  const inNewOrder = current.filter(({ id }) => before.has(id));
  const moved = inNewOrder.filter(({ id }, index) => stayed[index]?.id !== id).length;
  return came + left + moved;
}
