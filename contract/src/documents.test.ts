import { describe, expect, it } from "vitest";
import { aCell, anAlert, anIssue } from "../test/samples.ts";
import { activityOf, activitySchema } from "./activity.ts";
import { fromDocument, toDocument } from "./documents.ts";
import { heatCellSchema } from "./heat.ts";
import { issueSchema } from "./issue.ts";
import { alertSchema } from "./places.ts";

const stamp = (date: Date) => ({ toDate: () => date });

describe("toDocument and fromDocument", () => {
  it("turn times into timestamps and back, wherever they stand", () => {
    const activity = {
      time: "2026-01-31T08:00:00.000Z",
      issue: { createdAt: "2026-01-30T08:00:00.000Z", resolvedAt: null },
    };
    const stored = toDocument(activity, stamp);
    expect(stored.time).not.toBeTypeOf("string");
    expect((stored.issue as Record<string, unknown>).resolvedAt).toBeNull();
    expect(fromDocument(stored)).toEqual(activity);
  });

  it("leave text alone, even where it looks like a time", () => {
    const value = { title: "2026-01-31T08:00:00.000Z", changed: ["dueAt"] };
    expect(toDocument(value, stamp)).toEqual(value);
  });

  it("leave undefined fields out, since Firestore refuses them", () => {
    expect(Object.keys(toDocument({ a: undefined, b: 1 }, stamp))).toEqual(["b"]);
  });

  const time = "2026-01-31T08:00:00.123Z";
  const resolved = anIssue({ resolvedAt: time, location: { lat: 1, lng: 2, floor: "3" } });
  it.each([
    ["an issue", issueSchema, resolved],
    ["an alert", alertSchema, anAlert({ endsAt: time, cancelledAt: time })],
    ["a heat cell", heatCellSchema, aCell({ updatedAt: time })],
    [
      "an activity entry",
      activitySchema,
      activityOf({ before: null, after: resolved, actor: { uid: "ann" }, time }),
    ],
  ] as const)("store every time of %s as a timestamp, and nothing else", (_, schema, value) => {
    const stored = toDocument(value, stamp);
    expect(stampedIn(stored)).toEqual(timesIn(value));
    expect(schema.parse(fromDocument(stored))).toEqual(value);
  });
});

const timePattern = /^\d{4}-\d\d-\d\dT/;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !("toDate" in value);

/** The paths at which `is` holds, in an object and its maps. */
function pathsIn(value: object, is: (field: unknown) => boolean, path = ""): readonly string[] {
  return Object.entries(value).flatMap(([name, field]) =>
    isRecord(field) ? pathsIn(field, is, `${path}${name}.`) : is(field) ? [path + name] : [],
  );
}
const timesIn = (value: object) =>
  pathsIn(value, (field) => typeof field === "string" && timePattern.test(field));
const stampedIn = (value: object) =>
  pathsIn(value, (field) => typeof field === "object" && field !== null && "toDate" in field);
