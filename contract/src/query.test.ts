import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { describeFields, ids, notIds, notUids, uids } from "../test/fields.ts";
import { parse } from "./parse.ts";
import { filterFields, listIssuesSchema } from "./query.ts";
import { categories, severities, statuses } from "./terms.ts";

const list = (good: readonly string[]) => ({
  accepts: [...good, good.join(","), good, [good.slice(0, 2).join(","), good[0]]],
  refuses: ["", ",", "bogus", `${good[0]},`, [`${good[0]}`, "bogus"], [], 7, { 0: good[0] }, null],
  optional: true,
});

describe("the query of a list of issues", () => {
  describeFields(
    listIssuesSchema,
    {},
    {
      campusId: { accepts: ids, refuses: [...notIds, ["a", "b"]], optional: true },
      buildingId: { accepts: ids, refuses: [...notIds, ["a", "b"]], optional: true },
      status: list(statuses),
      severity: list(severities),
      category: list(categories),
      assigneeId: { accepts: uids, refuses: notUids, optional: true },
      sort: {
        accepts: ["createdAt", "-createdAt", "updatedAt", "-updatedAt", "dueAt", "-dueAt"],
        refuses: ["", "title", "+createdAt", "--dueAt", "createdAt,dueAt", 1, null],
        optional: true,
      },
      limit: {
        accepts: ["1", "200", 50, " 7 "],
        refuses: ["0", "201", "-1", "1.5", "ten", "", null, ["1", "2"], "Infinity", "NaN"],
        optional: true,
      },
      cursor: {
        accepts: ["", "abc", "x".repeat(1_000)],
        refuses: ["x".repeat(1_001), 7, null, ["a"]],
        optional: true,
      },
    },
  );

  it("asks by default for the 50 newest", () => {
    expect(parse(listIssuesSchema, {})).toEqual({ sort: "-createdAt", limit: 50 });
  });

  it("takes alternatives with commas, repeated parameters or both, without repeats", () => {
    const query = { status: ["open,on_hold", "open"], severity: "high", category: ["hvac", "safety"] };
    expect(parse(listIssuesSchema, query)).toMatchObject({
      status: ["open", "on_hold"],
      severity: ["high"],
      category: ["hvac", "safety"],
    });
  });

  it("makes a number of the limit", () => {
    expect(parse(listIssuesSchema, { limit: "25" }).limit).toBe(25);
  });

  it("lets filters multiply to the 30 alternatives that Firestore takes, and no further", () => {
    const query = {
      status: statuses.slice(0, 3),
      severity: severities.slice(0, 2),
      category: categories.slice(0, 5),
    };
    expect(() => parse(listIssuesSchema, query)).not.toThrow();
    const failure = failureOf(() => parse(listIssuesSchema, { ...query, category: categories.slice(0, 6) }));
    expect(failure.field).toBe("category");
  });

  it("names the filters among its fields", () => {
    expect(Object.keys(listIssuesSchema.shape)).toEqual(expect.arrayContaining([...filterFields]));
  });
});
