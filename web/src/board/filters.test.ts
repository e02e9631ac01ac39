import { describe, expect, it } from "vitest";
import { anIssue } from "../../test/samples.ts";
import {
  countFilters,
  createFit,
  defaultFilters,
  type Filters,
  readFilters,
  writeFilters,
} from "./filters.ts";

const nameOf = (id: string) => (id === "library" ? "Old Library" : id);
const fits = (filters: Partial<Filters>, issue: Parameters<typeof anIssue>[0]) =>
  createFit({ ...defaultFilters, ...filters }, nameOf)(anIssue(issue));

describe("filters", () => {
  it.each<Partial<Filters>>([
    {},
    { search: "tap & drip", status: "any", sort: "due" },
    { place: "campus:north", severity: "critical", category: "hvac", assignee: "none" },
  ])("are the same after they were in an address: %o", (change) => {
    const filters = { ...defaultFilters, ...change };
    expect(readFilters(writeFilters(filters))).toEqual(filters);
  });

  it("of an address that means nothing are the default ones", () => {
    expect(readFilters("?status=gone&severity=7&sort=up")).toEqual(defaultFilters);
  });

  it("are counted without the sort", () => {
    expect(countFilters({ ...defaultFilters, sort: "due", search: "x" })).toBe(1);
  });

  it.each<readonly [Partial<Filters>, Parameters<typeof anIssue>[0], boolean]>([
    [{}, {}, true],
    [{}, { status: "resolved" }, false],
    [{ status: "any" }, { status: "closed" }, true],
    [{ status: "on_hold" }, { status: "open" }, false],
    [{ place: "campus:north" }, {}, true],
    [{ place: "building:gym" }, {}, false],
    [{ severity: "high" }, { severity: "low" }, false],
    [{ category: "plumbing" }, {}, true],
    [{ assignee: "none" }, { assigneeId: "tom" }, false],
    [{ assignee: "tom" }, { assigneeId: "tom" }, true],
    [{ search: "old DRIPS" }, {}, true],
    [{ search: "201" }, { location: { lat: 1, lng: 2, room: "201" } }, true],
    [{ search: "tap roof" }, {}, false],
  ])("%o of an issue that is %o: %s", (filters, issue, expected) => {
    expect(fits(filters, issue)).toBe(expected);
  });
});
