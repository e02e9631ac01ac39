import { describe, expect, it } from "vitest";
import { dueAt, isUnresolved, severities } from "./terms.ts";

describe("dueAt", () => {
  it.each([
    ["critical", "2026-02-28T12:00:00.000Z"],
    ["high", "2026-03-01T08:00:00.000Z"],
    ["medium", "2026-03-03T08:00:00.000Z"],
    ["low", "2026-03-07T08:00:00.000Z"],
  ] as const)("gives an issue of severity %s until %s", (level, due) => {
    expect(dueAt("2026-02-28T08:00:00.000Z", level)).toBe(due);
  });

  it("leaves less time the more severe an issue is", () => {
    const due = severities.map((level) => dueAt("2026-01-31T08:00:00.000Z", level));
    expect(due).toEqual([...due].sort().reverse());
  });
});

describe("isUnresolved", () => {
  it.each([
    ["open", true],
    ["in_progress", true],
    ["on_hold", true],
    ["resolved", false],
    ["closed", false],
  ] as const)("of an issue that is %s is %s", (state, unresolved) => {
    expect(isUnresolved({ status: state })).toBe(unresolved);
  });
});
