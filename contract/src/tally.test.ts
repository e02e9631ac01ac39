import { describe, expect, it } from "vitest";
import { type Random, seeded } from "../test/random.ts";
import { aCell, anIssue } from "../test/samples.ts";
import { heatCellSchema, statsSchema, type Tally } from "./heat.ts";
import type { Issue } from "./issue.ts";
import { parse } from "./parse.ts";
import { applyChange, countIssues, emptyTally, severityWeight, sumCells } from "./tally.ts";
import { categories, severities, statuses } from "./terms.ts";

describe("the tally of issues", () => {
  it("of none is zero throughout", () => {
    expect(countIssues([])).toEqual(emptyTally());
  });

  it.each([
    ["low", 1],
    ["medium", 3],
    ["high", 7],
    ["critical", 15],
  ] as const)("weighs an unresolved issue of severity %s as %i", (severity, weight) => {
    expect(severityWeight[severity]).toBe(weight);
    expect(countIssues([anIssue({ severity })]).weight).toBe(weight);
  });

  it.each(statuses)(
    "counts an issue that is %s by severity, category and weight only while unresolved",
    (status) => {
      const unresolved = status === "resolved" || status === "closed" ? 0 : 1;
      const counted = countIssues([anIssue({ status, severity: "high", category: "hvac" })]);
      expect(counted.byStatus).toEqual({ ...emptyTally().byStatus, [status]: 1 });
      expect(counted.bySeverity.high).toBe(unresolved);
      expect(counted.byCategory.hvac).toBe(unresolved);
      expect(counted.weight).toBe(unresolved * 7);
    },
  );

  it("adds up the seconds that resolutions took", () => {
    const tookSeconds = (seconds: number) =>
      anIssue({
        status: "closed",
        resolvedAt: new Date(Date.parse("2026-01-31T08:00:00.000Z") + seconds * 1000).toISOString(),
      });
    expect(
      countIssues([tookSeconds(90), tookSeconds(0.4), tookSeconds(0.6), tookSeconds(3600)]).resolution,
    ).toEqual({
      count: 4,
      seconds: 3691,
    });
  });

  it("takes a resolution before the report as one of no time", () => {
    const backwards = anIssue({ status: "resolved", resolvedAt: "2026-01-31T07:00:00.000Z" });
    expect(countIssues([backwards]).resolution).toEqual({ count: 1, seconds: 0 });
  });
});

describe("applyChange", () => {
  it("leaves the tally that it was given as it was", () => {
    const given = countIssues([anIssue()]);
    const copy = structuredClone(given);
    applyChange(given, anIssue(), anIssue({ status: "closed" }));
    expect(given).toEqual(copy);
  });

  it.each([1, 2, 3, 4, 5])(
    "keeps a cell equal to the count of its issues, write after write (seed %i)",
    (seed) => {
      const random = seeded(seed);
      const issues = new Map<string, Issue>();
      let cell = emptyTally();
      for (let write = 0; write < 400; write++) {
        const id = `issue-${random.integer(25)}`;
        const before = issues.get(id) ?? null;
        const after = before && random.integer(4) === 0 ? null : anyIssue(random, id);
        if (after) issues.set(id, after);
        else issues.delete(id);
        cell = applyChange(cell, before, after);
        expect(cell).toEqual(countIssues(issues.values()));
      }
      expect(parse(heatCellSchema, { ...aCell(), ...cell })).toBeDefined();
    },
  );

  it("takes back all that it gave", () => {
    const random = seeded(11);
    const issues = Array.from({ length: 100 }, (_, index) => anyIssue(random, `issue-${index}`));
    const full = issues.reduce<Tally>((cell, issue) => applyChange(cell, null, issue), emptyTally());
    expect(full).toEqual(countIssues(issues));
    expect(issues.reduce<Tally>((cell, issue) => applyChange(cell, issue, null), full)).toEqual(emptyTally());
  });

  it("goes below zero nowhere when the cell lacks what is taken from it, so that the cell stays valid", () => {
    const random = seeded(13);
    let cell = emptyTally();
    for (let write = 0; write < 500; write++) {
      cell = applyChange(cell, anyIssue(random, "a"), random.pick([null, anyIssue(random, "a")]));
      expect(() => parse(heatCellSchema, { ...aCell(), ...cell })).not.toThrow();
    }
  });

  it("of nothing to nothing changes nothing", () => {
    const given = countIssues([anIssue()]);
    expect(applyChange(given, null, null)).toEqual(given);
  });
});

describe("sumCells", () => {
  it("of no cells is zero throughout", () => {
    expect(sumCells([])).toEqual({ ...emptyTally(), total: 0, unresolved: 0 });
  });

  it("equals the count of all issues, however they are spread over buildings", () => {
    const random = seeded(17);
    const issues = Array.from({ length: 300 }, (_, index) => anyIssue(random, `issue-${index}`));
    const buildings = Array.from({ length: 9 }, (): Issue[] => []);
    for (const issue of issues) random.pick(buildings).push(issue);
    const stats = sumCells(buildings.map(countIssues));
    const unresolved = issues.filter(({ status }) => !["resolved", "closed"].includes(status)).length;
    expect(stats).toEqual({ ...countIssues(issues), total: 300, unresolved });
  });

  it("leaves out what is a cell's own", () => {
    expect(Object.keys(sumCells([aCell()])).sort()).toEqual(Object.keys(statsSchema.shape).sort());
  });
});

function anyIssue(random: Random, id: string): Issue {
  const status = random.pick(statuses);
  const took = random.integer(1_000_000_000);
  return anIssue({
    id,
    status,
    severity: random.pick(severities),
    category: random.pick(categories),
    resolvedAt:
      status === "resolved" || (status === "closed" && random.integer(2) === 0)
        ? new Date(Date.parse("2026-01-31T08:00:00.000Z") + took).toISOString()
        : null,
  });
}
