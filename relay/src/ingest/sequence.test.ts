import { comparePositions, startPosition } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { entryOf, issueEvent } from "../../test/fixtures.ts";
import {
  advance,
  type Input,
  judge,
  mostWaiting,
  type Page,
  type Placed,
  type Sequence,
  unbegun,
} from "./sequence.ts";

const positionOf = (at: number) => (at === 0 ? startPosition : `${at}-0`);
const entry = entryOf(issueEvent("org", "library"));
const pushOf = (at: number): Placed => ({ entry, position: positionOf(at), previous: positionOf(at - 1) });
const push = (at: number): Input => ({ kind: "push", push: pushOf(at) });
const newest = (at: number): Input => ({ kind: "newest", position: positionOf(at) });
const doubt: Input = { kind: "doubt" };
const page = (ats: readonly number[], { isLast = true, isCovered = true }: Partial<Page> = {}): Input => ({
  kind: "page",
  page: { isLast, isCovered, entries: ats.map(pushOf) },
});

/** Feeds inputs in turn; gives what was delivered and lost, and how it ended. */
function run(...inputs: readonly Input[]) {
  let sequence: Sequence = unbegun;
  const told: string[] = [];
  for (const input of inputs) {
    const step = advance(sequence, input);
    if (step.lost !== undefined) told.push(`lost ${step.lost}`);
    told.push(...step.deliver.map(({ position }) => position));
    sequence = step.sequence;
  }
  return { told, need: sequence.need, position: sequence.position };
}

describe("a push", () => {
  it.each([
    ["at the position", 5, "old"],
    ["before it", 3, "old"],
    ["right after it", 6, "next"],
    ["further on", 8, "gap"],
  ] as const)("%s is judged", (_, at, verdict) => {
    expect(judge(positionOf(5), pushOf(at))).toBe(verdict);
  });

  it("is compared by number, not by text", () => {
    expect(judge("9-10", { position: "10-0", previous: "9-10" })).toBe("next");
    expect(judge("10-0", { position: "9-11", previous: "9-10" })).toBe("old");
    expect(judge("9-10", { position: "9-9", previous: "9-8" })).toBe("old");
  });
});

describe("a sequence", () => {
  it("begins at the newest entry, and takes what was pushed meanwhile from there on", () => {
    expect(run(push(4), push(5), push(6), newest(5))).toEqual({
      told: ["6-0"],
      need: "nothing",
      position: "6-0",
    });
    expect(run(push(1), newest(0)).told).toEqual(["1-0"]);
  });

  it("delivers what follows and drops what is old", () => {
    expect(run(newest(1), push(2), push(2), push(1), push(3)).told).toEqual(["2-0", "3-0"]);
  });

  it("reads the log where a push does not follow, then takes those that waited", () => {
    expect(run(newest(1), push(3)).need).toBe("page");
    expect(run(newest(1), push(3), push(4), page([2, 3]))).toEqual({
      told: ["2-0", "3-0", "4-0"],
      need: "nothing",
      position: "4-0",
    });
  });

  it("reads page after page until the log ends", () => {
    const begun = [newest(1), push(9), page([2, 3], { isLast: false })];
    expect(run(...begun)).toMatchObject({ told: ["2-0", "3-0"], need: "page" });
    expect(run(...begun, page([4, 5])).need).toBe("nothing");
  });

  it("reads again when what waited does not follow either", () => {
    expect(run(newest(1), push(3), push(6), page([2, 3]))).toMatchObject({
      told: ["2-0", "3-0"],
      need: "page",
    });
  });

  it("looks into the log on doubt, and once more if doubted while it looks", () => {
    expect(run(newest(1), doubt).need).toBe("page");
    expect(run(newest(1), doubt, page([])).need).toBe("nothing");
    expect(run(newest(1), doubt, doubt, page([]))).toMatchObject({ need: "page" });
    expect(run(newest(1), doubt, doubt, page([]), page([2]))).toMatchObject({
      told: ["2-0"],
      need: "nothing",
    });
    expect(run(doubt, newest(1)).need).toBe("page");
  });

  it("tells what is lost, once, and goes on from the newest entry", () => {
    const uncovered = page([7, 8], { isCovered: false });
    expect(run(newest(1), push(9), uncovered)).toMatchObject({ told: [], need: "newest" });
    expect(run(newest(1), push(9), uncovered, push(10), newest(9))).toEqual({
      told: ["lost 9-0", "10-0"],
      need: "nothing",
      position: "10-0",
    });
    expect(run(newest(5), doubt, page([], { isCovered: false }), newest(0), push(1)).told).toEqual([
      "lost 0-0",
      "1-0",
    ]);
  });

  it("forgets what waited when that is lost, since it may be no part of the log that follows", () => {
    const uncovered = page([7, 8], { isCovered: false });
    expect(run(newest(1), push(9), push(10), uncovered, newest(9))).toMatchObject({ told: ["lost 9-0"] });
  });

  it("remembers so many waiting pushes and no more; the log has the rest", () => {
    const pushes = Array.from({ length: mostWaiting + 1 }, (_, at) => push(at + 4));
    const { told, need } = run(newest(1), push(3), ...pushes, page([2, 3]));
    expect(told).toEqual(["2-0", "3-0"]);
    expect(need).toBe("page");
  });

  it("ignores answers to questions it did not ask", () => {
    expect(run(newest(1), newest(7), page([5, 6]))).toEqual({ told: [], need: "nothing", position: "1-0" });
  });
});

/** A small generator of its own, so that a failure can be repeated by its seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe("whatever is lost, doubled or turned around between log and relay", () => {
  it.each(Array.from({ length: 300 }, (_, seed) => seed))(
    "each entry is delivered once and in order (%i)",
    (seed) => {
      const random = randomNumbers(seed);
      const count = 5 + random(40);
      const first = random(4);
      let appended = first;
      let sequence = advance(unbegun, newest(first)).sequence;
      const delivered: string[] = [];
      const inFlight: number[] = [];
      const take = (input: Input) => {
        const step = advance(sequence, input);
        expect(step.lost).toBeUndefined();
        delivered.push(...step.deliver.map(({ position }) => position));
        sequence = step.sequence;
      };
      const needsPage = () => sequence.need === "page";
      const readPage = () => {
        const after = Array.from({ length: appended }, (_, at) => at + 1).filter(
          (at) => comparePositions(positionOf(at), sequence.position ?? "") > 0,
        );
        const size = 1 + random(4);
        take(page(after.slice(0, size), { isLast: after.length <= size }));
      };
      while (appended < count || inFlight.length > 0 || needsPage()) {
        const choice = random(10);
        if (choice < 4 && appended < count) {
          appended += 1;
          // Some pushes get lost, some come twice.
          inFlight.push(...Array.from({ length: random(3) }, () => appended));
        } else if (choice < 7 && inFlight.length > 0) {
          const [at = 0] = inFlight.splice(random(Math.min(3, inFlight.length)), 1);
          take(push(at));
        } else if (choice < 8) take(doubt);
        else if (needsPage()) readPage();
      }
      take(doubt);
      while (sequence.need === "page") readPage();
      expect(delivered).toEqual(Array.from({ length: count - first }, (_, at) => positionOf(first + at + 1)));
    },
  );
});
