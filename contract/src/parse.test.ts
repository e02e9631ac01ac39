import { describe, expect, it } from "vitest";
import { z } from "zod";
import { failureOf } from "../test/failures.ts";
import { logEventSchema } from "./events.ts";
import { createIssueSchema, updateIssueSchema } from "./issue.ts";
import { parse } from "./parse.ts";

const report = { buildingId: "library", title: "Leak", category: "plumbing", severity: "low" };

const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));

describe("parse", () => {
  it("returns what the schema made of the input", () => {
    expect(parse(createIssueSchema, { ...report, title: " Leak " })).toEqual({ ...report, description: "" });
  });

  it("refuses with body-invalid, 400 and no retry unless told another reason", () => {
    const failure = failureOf(() => parse(createIssueSchema, {}));
    expect(failure.toBody()).toMatchObject({ reason: "body-invalid", code: "invalid-argument", status: 400 });
    expect(failureOf(() => parse(createIssueSchema, {}, "query-invalid")).reason).toBe("query-invalid");
  });

  it.each([
    ["a missing field", { ...report, title: undefined }, "title"],
    ["a field of the wrong type", { ...report, title: 7 }, "title"],
    ["a value that is not of the list", { ...report, severity: "urgent" }, "severity"],
    ["a nested field", { ...report, location: { lat: 91, lng: 0 } }, "location.lat"],
    ["a missing nested field", { ...report, location: { lat: 1 } }, "location.lng"],
    ["a nested object that is none", { ...report, location: "here" }, "location"],
    ["an unknown field", { ...report, titel: "Leak" }, "titel"],
    ["an unknown nested field", { ...report, location: { lat: 1, lng: 2, z: 3 } }, "location.z"],
    [
      "a field named __proto__",
      JSON.parse(`{"buildingId":"a","title":"b","category":"hvac","severity":"low","__proto__":1}`),
      "__proto__",
    ],
    ["an input that is no object", "Leak", "body"],
    ["null", null, "body"],
    ["nothing", undefined, "body"],
    ["a list", [report], "body"],
  ])("names the field of %s", (_, input, field) => {
    const failure = failureOf(() => parse(createIssueSchema, input));
    expect(failure.field).toBe(field);
    expect(failure.message).toMatch(new RegExp(`^${field}: .`));
  });

  it("names the first of several fields at fault, in the schema's order", () => {
    expect(failureOf(() => parse(createIssueSchema, { category: 1, buildingId: 1 })).field).toBe(
      "buildingId",
    );
  });

  it("calls the whole input body when no one field is at fault", () => {
    expect(failureOf(() => parse(updateIssueSchema, {})).message).toBe(
      "body: must change at least one field",
    );
  });

  it("puts what it is told before the path", () => {
    const schema = z.strictObject({ limit: z.number() });
    expect(failureOf(() => parse(schema, { limit: "x" }, "query-invalid", "query")).field).toBe(
      "query.limit",
    );
    expect(failureOf(() => parse(schema, 1, "query-invalid", "query")).field).toBe("query");
  });

  it("counts items of a list from zero", () => {
    const schema = z.strictObject({ rooms: z.array(z.strictObject({ id: z.string() })) });
    expect(failureOf(() => parse(schema, { rooms: [{ id: "a" }, { id: 1 }] })).field).toBe("rooms.1.id");
  });

  it("names type when it is none of a discriminated union's", () => {
    expect(failureOf(() => parse(logEventSchema, { type: "issue:exploded" })).field).toBe("type");
    expect(failureOf(() => parse(logEventSchema, {})).field).toBe("type");
  });

  it("names the field inside the alternative that a discriminator chose", () => {
    const failure = failureOf(() => parse(logEventSchema, { type: "issue:created", organizationId: "a/b" }));
    expect(failure.field).toBe("organizationId");
  });

  describe("of a union without a discriminator", () => {
    const place = z.union([z.string(), z.strictObject({ at: z.strictObject({ lat: z.number() }) })]);
    const schema = z.strictObject({ place });

    it.each([
      [{ place: { at: { lat: "1" } } }, "place.at.lat"],
      [{ place: { at: { lat: 1, lng: 2 } } }, "place.at.lng"],
      [{ place: { where: 1 } }, "place.at"],
      [{ place: 7 }, "place"],
      [{}, "place"],
    ])("names the field of the alternative that came furthest: %j", (input, field) => {
      expect(failureOf(() => parse(schema, input)).field).toBe(field);
    });
  });

  it("does not repeat a caller's endless key", () => {
    const failure = failureOf(() => parse(createIssueSchema, { ...report, ["k".repeat(100_000)]: 1 }));
    expect(failure.message.length).toBeLessThan(200);
  });

  it.each([
    ["can't be converted", { toString: 0, valueOf: 0 }],
    ["is deeper than the stack", nested(20_000)],
  ])("refuses what calls something a length that %s", (_, length) => {
    const schema = z.strictObject({ rooms: z.array(z.string()).min(1).max(3), title: z.string().max(3) });
    for (const input of [{ rooms: { length } }, { title: { length } }, { length }]) {
      const failure = failureOf(() => parse(schema, input));
      expect(failure.toBody()).toMatchObject({ reason: "body-invalid", status: 400 });
    }
  });
});
