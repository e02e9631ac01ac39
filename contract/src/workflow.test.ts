import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { statuses } from "./terms.ts";
import { assertMove, findMove, moveNames, moves } from "./workflow.ts";

/** From a row's status to a column's, in the order of `statuses`; `-` is no move. */
const expected = {
  //            open      in_progress  on_hold  resolved   closed
  open: ["-", "start", "hold", "resolve", "close"],
  in_progress: ["-", "-", "hold", "resolve", "-"],
  on_hold: ["-", "start", "-", "resolve", "close"],
  resolved: ["reopen", "-", "-", "-", "close"],
  closed: ["reopen", "-", "-", "-", "-"],
} as const;

const pairs = statuses.flatMap((from) =>
  statuses.map((to, column) => [from, to, expected[from][column] ?? "-"] as const),
);

describe("the workflow", () => {
  it.each(pairs)("from %s to %s has the move %s", (from, to, move) => {
    expect(findMove(from, to) ?? "-").toBe(move);
  });

  it.each(pairs.filter(([, , move]) => move !== "-"))("lets %s become %s", (from, to) => {
    expect(() => assertMove(from, to)).not.toThrow();
  });

  it.each(pairs.filter(([, , move]) => move === "-"))("does not let %s become %s", (from, to) => {
    const failure = failureOf(() => assertMove(from, to));
    expect(failure.toBody()).toMatchObject({ reason: "move-illegal", status: 412, field: "status" });
    const [, possible = ""] = failure.message.split("possible: ");
    const told = possible.replace(".", "").split(", ");
    expect(told).toEqual(statuses.filter((status) => findMove(from, status)));
  });

  it("leads from every status to another, so that nothing is stuck", () => {
    for (const from of statuses) expect(statuses.some((to) => findMove(from, to))).toBe(true);
  });

  it("has a name for every move, and no two moves between the same statuses", () => {
    expect(moveNames).toEqual(Object.keys(moves));
    const edges = moveNames.flatMap((name) => moves[name].from.map((from) => `${from} ${moves[name].to}`));
    expect(new Set(edges).size).toBe(edges.length);
  });
});
