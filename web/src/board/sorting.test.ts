import { describe, expect, it } from "vitest";
import { anIssue } from "../../test/samples.ts";
import { type SortName, sortIssues } from "./sorting.ts";

const issues = [
  anIssue({ id: "low", severity: "low", updatedAt: "2026-02-03T00:00:00.000Z" }),
  anIssue({ id: "done", severity: "critical", status: "resolved", createdAt: "2026-01-01T00:00:00.000Z" }),
  anIssue({ id: "high-b", severity: "high" }),
  anIssue({ id: "high-a", severity: "high" }),
  anIssue({ id: "new", severity: "medium", createdAt: "2026-02-02T00:00:00.000Z" }),
];

describe("the board's order", () => {
  it.each<readonly [SortName, readonly string[]]>([
    ["severity", ["high-a", "high-b", "new", "low", "done"]],
    ["due", ["high-a", "high-b", "new", "low", "done"]],
    ["updated", ["low", "done", "high-a", "high-b", "new"]],
    ["created", ["new", "high-a", "high-b", "low", "done"]],
  ])("by %s", (name, expected) => {
    expect(sortIssues(issues, name).map(({ id }) => id)).toEqual(expected);
    expect(sortIssues([...issues].reverse(), name).map(({ id }) => id)).toEqual(expected);
  });
});
