import { FieldValue, type Timestamp } from "firebase-admin/firestore";
import { describe, expect, it } from "vitest";
import { openFirestore, unique } from "../testing/server.ts";
import { transformValue } from "./transforms.ts";

const { db } = await openFirestore();

async function after(before: object, update: object): Promise<Record<string, unknown> | undefined> {
  const reference = db.collection(unique()).doc();
  await reference.set(before);
  await reference.update({ ...update });
  return (await reference.get()).data();
}

describe("serverTimestamp", () => {
  it("is the commit's time in milliseconds, the same in all fields", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({ a: FieldValue.serverTimestamp(), map: { b: FieldValue.serverTimestamp() } });
    const snapshot = await reference.get();
    const time = snapshot.get("a") as Timestamp;
    expect(time.isEqual(snapshot.get("map.b"))).toBe(true);
    expect(time.nanoseconds % 1_000_000).toBe(0);
    expect(time.toMillis()).toBe(snapshot.updateTime?.toMillis());
  });
});

describe("increment", () => {
  it("adds integers, and makes doubles where one is", async () => {
    const increments = {
      a: FieldValue.increment(2),
      b: FieldValue.increment(0.5),
      c: FieldValue.increment(-1),
    };
    expect(await after({ a: 1, b: 1, c: 0.5 }, increments)).toEqual({ a: 3, b: 1.5, c: -0.5 });
  });

  it("starts from nothing where there is no number", async () => {
    expect(await after({ a: "text" }, { a: FieldValue.increment(2), b: FieldValue.increment(3) })).toEqual({
      a: 2,
      b: 3,
    });
  });

  it("stops at the end of 64 bits", () => {
    const max = { integerValue: "9223372036854775807" };
    expect(transformValue({ increment: { integerValue: "5" } }, max, {}).value).toEqual(max);
  });
});

describe("array transforms", () => {
  it("append what is missing, once", async () => {
    const union = FieldValue.arrayUnion({ x: 1 }, 2, 3, 3);
    expect(await after({ a: [1, { x: 1 }] }, { a: union, b: FieldValue.arrayUnion(1) })).toEqual({
      a: [1, { x: 1 }, 2, 3],
      b: [1],
    });
  });

  it("remove every element that equals", async () => {
    const removal = FieldValue.arrayRemove(1, { x: 1 });
    expect(await after({ a: [1, 2, 1, { x: 1 }], b: "text" }, { a: removal, b: removal })).toEqual({
      a: [2],
      b: [],
    });
  });
});

describe("maximum and minimum", () => {
  const value = (kind: "maximum" | "minimum", operand: object, current: object | undefined) =>
    transformValue({ [kind]: operand }, current, {}).value;

  it("keep the greater and the smaller", () => {
    expect(value("maximum", { integerValue: "3" }, { doubleValue: 2.5 })).toEqual({ integerValue: "3" });
    expect(value("minimum", { integerValue: "3" }, { doubleValue: 2.5 })).toEqual({ doubleValue: 2.5 });
  });

  it("keep the stored one of two equals, and take the operand where there is no number", () => {
    expect(value("maximum", { doubleValue: 3 }, { integerValue: "3" })).toEqual({ integerValue: "3" });
    expect(value("minimum", { doubleValue: 3 }, { stringValue: "x" })).toEqual({ doubleValue: 3 });
    expect(value("minimum", { doubleValue: 3 }, undefined)).toEqual({ doubleValue: 3 });
  });

  it("are NaN as soon as one is", () => {
    expect(value("maximum", { doubleValue: Number.NaN }, { integerValue: "3" })).toEqual({
      doubleValue: Number.NaN,
    });
    expect(value("minimum", { integerValue: "3" }, { doubleValue: Number.NaN })).toEqual({
      doubleValue: Number.NaN,
    });
  });
});
