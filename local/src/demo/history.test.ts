import {
  activitySchema,
  applyChange,
  countIssues,
  emptyTally,
  type Issue,
  issueSchema,
} from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { makeHistory } from "./history.ts";
import { demoOrganizations, demoUsers } from "./organizations.ts";

const now = new Date("2026-03-01T12:00:00Z");

describe.each(demoOrganizations)("the history of $id", (organization) => {
  const histories = makeHistory(organization, now);

  it("has as many issues as it should, each valid and in one of its buildings", () => {
    expect(histories).toHaveLength(organization.issues);
    const buildings = new Set(organization.buildings.map(({ id }) => id));
    for (const { issue } of histories) {
      expect(issueSchema.safeParse(issue).error).toBeUndefined();
      expect(buildings).toContain(issue.buildingId);
    }
  });

  it("gives each issue an entry per version, in the order of time, none in the future", () => {
    for (const { issue, activities } of histories) {
      expect(activities.map(({ version }) => version)).toEqual(activities.map((_, index) => index + 1));
      expect(activities.at(-1)?.issue).toEqual(issue);
      const times = activities.map(({ time }) => time);
      expect([...times, now.toISOString()]).toEqual([...times, now.toISOString()].sort());
      for (const entry of activities) expect(activitySchema.safeParse(entry).error).toBeUndefined();
    }
  });

  it("adds up to the same counts write by write as issue by issue", () => {
    let tally = emptyTally();
    for (const { activities } of histories) {
      let before: Issue | null = null;
      for (const { issue } of activities) {
        tally = applyChange(tally, before, issue);
        before = issue;
      }
    }
    expect(tally).toEqual(countIssues(histories.map(({ issue }) => issue)));
  });

  it("is the same every time", () => {
    expect(makeHistory(organization, now)).toEqual(histories);
  });
});

describe("the demo users", () => {
  it("are those that the design names", () => {
    expect(demoUsers.map(({ email }) => email)).toEqual([
      "admin@riverside.test",
      "manager@riverside.test",
      "technician@riverside.test",
      "reporter@riverside.test",
      "viewer@riverside.test",
      "harbor@riverside.test",
      "admin@hillcrest.test",
    ]);
  });
});
