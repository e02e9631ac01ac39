/** The status moves, as a table: who may make them is in `permissions`. */
import { FaultlineError } from "./errors.ts";
import { type Status, statuses } from "./terms.ts";

interface Move {
  readonly from: readonly Status[];
  readonly to: Status;
}

export const moves = {
  start: { from: ["open", "on_hold"], to: "in_progress" },
  hold: { from: ["open", "in_progress"], to: "on_hold" },
  resolve: { from: ["open", "in_progress", "on_hold"], to: "resolved" },
  close: { from: ["open", "on_hold", "resolved"], to: "closed" },
  reopen: { from: ["resolved", "closed"], to: "open" },
} as const satisfies Record<string, Move>;

export type MoveName = keyof typeof moves;
export const moveNames = Object.keys(moves) as readonly MoveName[];

/** The move from one status to another, if the workflow has one. */
export function findMove(from: Status, to: Status): MoveName | undefined {
  return moveNames.find(
    (name) => moves[name].to === to && (moves[name].from as readonly Status[]).includes(from),
  );
}

/** Throws `move-illegal`, naming the statuses that are possible, unless the workflow leads from `from` to `to`. */
export function assertMove(from: Status, to: Status): void {
  if (findMove(from, to)) return;
  const possible = statuses.filter((status) => findMove(from, status));
  throw new FaultlineError(
    "move-illegal",
    `status: an issue that is ${from} cannot become ${to}; possible: ${possible.join(", ")}.`,
    { field: "status" },
  );
}
