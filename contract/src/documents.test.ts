import { describe, expect, it } from "vitest";
import { fromDocument, toDocument } from "./documents.ts";

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
});
