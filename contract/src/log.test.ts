import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { seeded } from "../test/random.ts";
import { aCell, anIssue } from "../test/samples.ts";
import { activityOf, eventsOf } from "./activity.ts";
import {
  comparePositions,
  logEntrySchema,
  logRetention,
  newBeginning,
  positionSchema,
  redisKeys,
  startPosition,
} from "./log.ts";
import { parse } from "./parse.ts";

describe("a position", () => {
  it.each([startPosition, "1732345678901-0", "1732345678901-12", "999999999999999-999999999999999"])(
    "may be %s",
    (position) => {
      expect(positionSchema.parse(position)).toBe(position);
    },
  );

  it.each([
    ...[
      "",
      "-",
      "0",
      "1-",
      "-1",
      "1-2-3",
      "a-b",
      "1.5-0",
      "+1-0",
      " 1-0",
      "1-0\n",
      "$",
      "*",
      "(1-0",
      "0x1-0",
    ],
    ...["01-0", "1-00", "9007199254740993-0", "1-9007199254740993", "１-0"],
  ])("may not be %j", (position) => {
    expect(
      failureOf(() => parse(positionSchema, position, "position-invalid", "since")).toBody(),
    ).toMatchObject({
      reason: "position-invalid",
      status: 400,
      field: "since",
    });
  });

  it.each([
    ["0-0", "0-1"],
    ["0-1", "1-0"],
    ["1-9", "1-10"],
    ["9-0", "10-0"],
    ["999-5", "1732345678901-0"],
    ["999999999999999-999999999999998", "999999999999999-999999999999999"],
    ["999999999999998-999999999999999", "999999999999999-0"],
  ])("%s lies before %s", (earlier, later) => {
    expect(comparePositions(earlier, later)).toBeLessThan(0);
    expect(comparePositions(later, earlier)).toBeGreaterThan(0);
    expect(comparePositions(earlier, earlier)).toBe(0);
  });

  it("compares exactly up to the largest that is accepted", () => {
    const random = seeded(23);
    const part = () =>
      String(random.integer(2) ? 999_999_999_999_999 - random.integer(3) : random.integer(3));
    const value = (position: string) => {
      const [time = 0n, sequence = 0n] = position.split("-").map(BigInt);
      return time * 10n ** 15n + sequence;
    };
    for (let round = 0; round < 2_000; round++) {
      const [a, b] = [`${part()}-${part()}`, `${part()}-${part()}`];
      expect([positionSchema.safeParse(a).success, positionSchema.safeParse(b).success]).toEqual([
        true,
        true,
      ]);
      const difference = value(a) - value(b);
      expect(Math.sign(comparePositions(a, b))).toBe(difference > 0n ? 1 : difference < 0n ? -1 : 0);
    }
  });
});

describe("the beginning of a log", () => {
  it("is a position after the start and before every entry, and no other log's", () => {
    const beginnings = Array.from({ length: 1_000 }, newBeginning);
    for (const beginning of beginnings) {
      expect(positionSchema.parse(beginning)).toBe(beginning);
      expect(comparePositions(beginning, startPosition)).toBeGreaterThan(0);
      expect(comparePositions(beginning, "1-0")).toBeLessThan(0);
    }
    expect(new Set(beginnings).size).toBe(1_000);
  });
});

describe("an entry of the log", () => {
  const activity = activityOf({
    before: null,
    after: anIssue(),
    actor: { uid: "rita" },
    time: "2026-01-31T08:00:00.000Z",
  });
  const [event] = eventsOf(activity);

  it("holds an event and the cells that the write left", () => {
    const entry = { event, cells: [aCell()] };
    expect(parse(logEntrySchema, JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });

  it("can name the buildings that get it; what are no ids is passed over", () => {
    const entry = { event, cells: [], buildingIds: ["library", "museum"] };
    expect(parse(logEntrySchema, entry)).toEqual(entry);
    expect(parse(logEntrySchema, { ...entry, buildingIds: ["a/b"] }).buildingIds).toBeUndefined();
  });

  it.each([
    ["event", { cells: [] }],
    ["cells", { event }],
    ["cells.0.weight", { event, cells: [aCell({ weight: -1 })] }],
    [
      "event.data.issue.title",
      { event: { ...event, data: { ...event?.data, issue: anIssue({ title: "" }) } }, cells: [] },
    ],
  ])("without a valid %s is refused", (field, entry) => {
    expect(failureOf(() => parse(logEntrySchema, entry)).field).toBe(field);
  });
});

describe("the Redis keys", () => {
  it("of an organization share a hash tag, so that one script can use them together in a cluster", () => {
    const tagOf = (key: string) => key.match(/\{([^}]*)\}/)?.[1];
    expect(tagOf(redisKeys.log("riverside"))).toBe("riverside");
    expect(tagOf(redisKeys.head("riverside"))).toBe("riverside");
    expect(tagOf(redisKeys.published("riverside", "issues/leak-1"))).toBe("riverside");
  });

  it("are all different", () => {
    const keys = [
      redisKeys.log("a"),
      redisKeys.log("b"),
      redisKeys.head("a"),
      redisKeys.head("b"),
      redisKeys.published("a", "x"),
      redisKeys.published("a", "y"),
      redisKeys.published("b", "x"),
      redisKeys.ticket("a"),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it("the log keeps 5,000 entries or a day unless it is configured otherwise", () => {
  expect(logRetention).toEqual({ entries: 5_000, seconds: 86_400 });
});
