/** Describes a strict object field by field: what each accepts, what it refuses, and that the refusal names it. */
import { expect, it } from "vitest";
import type { z } from "zod";
import { parse } from "../src/parse.ts";
import { failureOf } from "./failures.ts";

interface Field {
  readonly accepts: readonly unknown[];
  readonly refuses: readonly unknown[];
  /** Whether the object is valid without it. Default false. */
  readonly optional?: boolean;
  /** Where inside the field the first fault is, when not at the field itself. */
  readonly at?: (value: unknown) => string;
}

/**
 * Registers the tests. `valid` is an object that the schema accepts; `fields` has an entry for every field of the
 * schema, which is tested too.
 */
export function describeFields<S extends z.ZodObject>(
  schema: S,
  valid: Record<string, unknown>,
  fields: Readonly<Record<keyof S["shape"] & string, Field>>,
): void {
  const table: readonly (readonly [string, Field])[] = Object.entries<Field>(fields);
  it("accepts the example", () => {
    expect(() => parse(schema, valid)).not.toThrow();
  });
  it("is described here field by field", () => {
    expect(Object.keys(fields).sort()).toEqual(Object.keys(schema.shape).sort());
  });
  it("refuses an unknown field and names it", () => {
    const failure = failureOf(() => parse(schema, { ...valid, surprise: 1 }));
    expect(failure).toMatchObject({ reason: "body-invalid", field: "surprise" });
  });
  it.each(values(table, "accepts"))("accepts %s = %s", (name, _, value) => {
    expect(() => parse(schema, { ...valid, [name]: value })).not.toThrow();
  });
  it.each(values(table, "refuses"))("refuses %s = %s and names it", (name, _, value, field) => {
    const failure = failureOf(() => parse(schema, { ...valid, [name]: value }));
    const inside = field.at?.(value);
    expect(failure.field).toBe(inside ? `${name}.${inside}` : name);
    expect(failure.message).toMatch(new RegExp(`^${failure.field}: .`));
  });
  it.each(table.filter(([, field]) => !field.optional))("refuses to go without %s and names it", (name) => {
    const { [name]: _, ...without } = valid;
    expect(failureOf(() => parse(schema, without)).field).toBe(name);
  });
  it.each(table.filter(([, field]) => field.optional))("goes without %s", (name) => {
    const { [name]: _, ...without } = valid;
    expect(() => parse(schema, without)).not.toThrow();
  });
}

function values(table: readonly (readonly [string, Field])[], kind: "accepts" | "refuses") {
  return table.flatMap(([name, field]) =>
    field[kind].map((value) => [name, brief(value), value, field] as const),
  );
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 50)}… (${text.length} characters)` : text;
}

/** What no id may be. */
export const notIds = ["", "a b", "a/b", "a:b", "ä", "__a__", "__proto__", "a\n", "x".repeat(65), 7, null];
export const ids = ["a", "A-1_b", "x".repeat(64), "__a", "-"];

export const notUids = ["", "a/b", "a b", ".", "..", "__a__", "a\u0000", "a\n", "x".repeat(129), 7, {}];
export const uids = ["a", "x".repeat(128), "a.b", "ü:1@x"];

export const notTimes = [
  "",
  "2026-01-31",
  "2026-01-31T08:00Z",
  "2026-01-31T08:00:00",
  "2026-01-31T08:00:00+01:00",
  "2026-02-30T08:00:00Z",
  "2026-01-31T24:00:00Z",
  "0000-01-01T00:00:00Z",
  "2026-01-31T08:00:00Z\n",
  1_769_846_400_000,
];
export const times = ["2026-01-31T08:00:00Z", "2026-01-31T08:00:00.123Z", "2024-02-29T23:59:59.999999Z"];

/** Text that is at most `longest` characters, and what is not. */
export const texts = (longest: number) => [
  "a",
  "two\nlines\tof",
  "漏水 💧",
  "x".repeat(longest),
  "  trimmed  ",
];
export const notTexts = (longest: number) => [
  "x".repeat(longest + 1),
  "bell\u0007",
  "\u009b31m",
  "\ud800",
  7,
  null,
];
export const emptyTexts = ["", "   ", "\n"];

export const points = [
  { lat: 90, lng: 180 },
  { lat: -90, lng: -180 },
  { lat: 0, lng: 0 },
];
