import { describe, expect, it } from "vitest";
import { fixed, median, percentile, spread } from "./figures.ts";

describe("the median", () => {
  it("is the middle one, or what lies between the two in the middle", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 9])).toBe(3);
  });
});

describe("a percentile", () => {
  it("is what so many of them do not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7, 3], 0.5)).toBe(3);
    expect(percentile([7], 0)).toBe(7);
  });
});

describe("a spread", () => {
  it("tells the middle, the least and the largest", () => {
    expect(spread([3, 1, 2], fixed(1))).toBe("2.0 (1.0–3.0)");
  });

  it("of one value is that value", () => {
    expect(spread([3], fixed(1))).toBe("3.0");
  });
});
