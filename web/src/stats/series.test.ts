import { describe, expect, it } from "vitest";
import { anIssue } from "../../test/samples.ts";
import { countByDay, countByDuration, countOverdue, countResolvedSince } from "./series.ts";

const now = new Date(2026, 1, 10, 12).getTime();
const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
const resolved = (hoursTaken: number, endedHoursAgo = 1) =>
  anIssue({
    status: "resolved",
    createdAt: hoursAgo(hoursTaken + endedHoursAgo),
    resolvedAt: hoursAgo(endedHoursAgo),
  });

describe("counts for charts", () => {
  it("by day have every day, today last", () => {
    const days = countByDay([anIssue({ createdAt: hoursAgo(1) }), resolved(48)], now, 3);
    expect(days.map(({ reported, resolved: done }) => [reported, done])).toEqual([
      [1, 0],
      [0, 0],
      [1, 1],
    ]);
    expect(days.at(-1)?.start).toBe(new Date(2026, 1, 10).getTime());
  });

  it("by duration put each resolution into its group, and leave out old ones", () => {
    const issues = [
      resolved(1),
      resolved(5),
      resolved(25),
      resolved(100),
      resolved(200),
      resolved(1, 24 * 31),
    ];
    expect(countByDuration([...issues, anIssue()], now)).toEqual([1, 1, 1, 1, 1]);
  });

  it("of what is overdue leave out what is resolved", () => {
    const late = { createdAt: hoursAgo(100), severity: "high" } as const;
    expect(countOverdue([anIssue(late), anIssue({ ...late, status: "resolved" })], now)).toBe(1);
  });

  it("of what was resolved go by the time of resolution", () => {
    expect(countResolvedSince([resolved(1, 24), resolved(1, 24 * 8), anIssue()], now, 7)).toBe(1);
  });
});
