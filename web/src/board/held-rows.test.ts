import { describe, expect, it } from "vitest";
import { anIssue } from "../../test/samples.ts";
import { holdRows } from "./held-rows.ts";

const [a, b, c] = ["a", "b", "c"].map((id) => anIssue({ id })) as [never, never, never];
const find =
  (...issues: readonly ReturnType<typeof anIssue>[]) =>
  (id: string) =>
    issues.find((issue) => issue.id === id);
const ids = ({ rows }: ReturnType<typeof holdRows>) => rows.map(({ issue }) => issue.id);

describe("rows", () => {
  it("are those of the list while nobody holds them", () => {
    const held = holdRows({ current: [b, a], held: undefined, find: find(a, b) });
    expect(ids(held)).toEqual(["b", "a"]);
    expect(held.waiting).toBe(0);
  });

  it("that are held keep their places, and what came waits", () => {
    const held = holdRows({ current: [c, a, b], held: [a, b], find: find(a, b, c) });
    expect(ids(held)).toEqual(["a", "b"]);
    expect(held.waiting).toBe(1);
  });

  it("that are held show what became of them", () => {
    const newer = anIssue({ id: "a", title: "Burst", version: 2 });
    const { rows, waiting } = holdRows({ current: [newer, b], held: [a, b], find: find(newer, b) });
    expect(rows[0]).toEqual({ issue: newer, isLeaving: false });
    expect(waiting).toBe(0);
  });

  it("that no longer fit stay, marked, until they are let go of", () => {
    const resolved = anIssue({ id: "a", status: "resolved", version: 2 });
    const { rows, waiting } = holdRows({ current: [b], held: [a, b], find: find(resolved, b) });
    expect(rows[0]).toEqual({ issue: resolved, isLeaving: true });
    expect(waiting).toBe(1);
  });

  it("that were deleted stay as they last were", () => {
    const { rows } = holdRows({ current: [b], held: [a, b], find: find(b) });
    expect(rows[0]).toEqual({ issue: a, isLeaving: true });
  });

  it("whose order changed count as waiting", () => {
    expect(holdRows({ current: [b, a, c], held: [a, b, c], find: find(a, b, c) }).waiting).toBe(2);
  });
});
