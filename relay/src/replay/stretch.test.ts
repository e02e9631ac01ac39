import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outgoing } from "./outgoing.ts";
import { Stretch } from "./stretch.ts";

/** The entry at a place in the log; its event takes `bytes` as JSON. */
const entryAt = (at: number, bytes = 10): Outgoing => ({
  position: `${at}-0`,
  previous: `${at - 1}-0`,
  message: { name: "issue:created", data: "x".repeat(bytes - 2) },
  rooms: [],
});
/** What the log gives up to a position, newest first. */
const upTo = (newest: number, count: number, oldest = 1) =>
  Array.from({ length: Math.min(count, newest - oldest + 1) }, (_, at) => entryAt(newest - at));
const after = (stretch: Stretch, at: number) => {
  const missed = stretch.after(`${at}-0`);
  return typeof missed === "string" ? missed : missed.map(({ position }) => Number.parseInt(position, 10));
};
const limits = { entries: 5, bytes: 1_000 };

describe("a stretch of the log", () => {
  it("begins where live events follow, and can't tell what is before", () => {
    const stretch = new Stretch("7-0", limits);
    expect([after(stretch, 7), after(stretch, 6), after(stretch, 8)]).toEqual([[], "unread", "lost"]);
  });

  it("knows what follows each position that it reaches back to", () => {
    const stretch = new Stretch("7-0", limits);
    stretch.append(entryAt(8));
    stretch.prepend(upTo(7, 2));
    expect([8, 7, 6, 5, 4].map((at) => after(stretch, at))).toEqual([[], [8], [7, 8], [6, 7, 8], "unread"]);
  });

  it("holds as many entries as it may, and what lies before those is lost", () => {
    const stretch = new Stretch("7-0", limits);
    stretch.prepend(upTo(7, 6));
    expect([after(stretch, 2), after(stretch, 1)]).toEqual([[3, 4, 5, 6, 7], "lost"]);
    stretch.append(entryAt(8));
    expect([after(stretch, 3), after(stretch, 2)]).toEqual([[4, 5, 6, 7, 8], "lost"]);
  });

  it("holds as many bytes as it may, wherever they come", () => {
    const stretch = new Stretch("7-0", { entries: 5, bytes: 30 });
    stretch.prepend([entryAt(7), entryAt(6, 25)]);
    expect([after(stretch, 6), after(stretch, 5)]).toEqual([[7], "lost"]);
    stretch.append(entryAt(8, 25));
    expect([after(stretch, 7), after(stretch, 6)]).toEqual([[8], "lost"]);
  });

  it("ends where the log does", () => {
    const stretch = new Stretch("7-0", limits);
    stretch.prepend(upTo(7, 2));
    stretch.prepend([]);
    expect([after(stretch, 5), after(stretch, 4)]).toEqual([[6, 7], "lost"]);
  });

  it("takes nothing that does not hang together", () => {
    const stretch = new Stretch("7-0", limits);
    stretch.prepend([entryAt(7), entryAt(5), entryAt(4)]);
    expect([after(stretch, 6), after(stretch, 5), after(stretch, 4)]).toEqual([[7], "lost", "lost"]);
  });

  it("is never wrong, however it grows", () => {
    const growth = fc.array(fc.oneof(fc.constant("append" as const), fc.integer({ min: 1, max: 4 })));
    fc.assert(
      fc.property(
        growth,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 12 }),
        (steps, first, oldest) => {
          let newest = 10 + first;
          const stretch = new Stretch(`${newest}-0`, limits);
          for (const step of steps) {
            if (step === "append") stretch.append(entryAt(++newest));
            else stretch.prepend(upTo(Number.parseInt(stretch.start, 10), step, oldest));
            for (let at = 0; at <= newest; at += 1) {
              const missed = after(stretch, at);
              const all = Array.from({ length: newest - at }, (_, index) => at + 1 + index);
              if (missed === "unread") expect(all.length).toBeGreaterThan(0);
              else if (missed === "lost") expect(all.length > limits.entries || at < oldest - 1).toBe(true);
              else expect(missed).toEqual(all);
            }
          }
        },
      ),
    );
  });
});
