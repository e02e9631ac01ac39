import { describe, expect, it } from "vitest";
import { mebibytes, summarize } from "./figures.ts";

describe("a summary", () => {
  it("gives values that were measured, by the nearest rank", () => {
    const values = Array.from({ length: 100 }, (_, at) => 100 - at);
    expect(summarize(values)).toEqual({ count: 100, p50: 50, p95: 95, p99: 99, longest: 100 });
  });

  it("of few values calls the longest what so many do not exceed", () => {
    expect(summarize([3, 1])).toEqual({ count: 2, p50: 1, p95: 3, p99: 3, longest: 3 });
  });

  it("rounds to tenths", () => {
    expect(summarize([1.26]).p50).toBe(1.3);
    expect(mebibytes(1.26 * 2 ** 20)).toBe(1.3);
  });

  it("of nothing is nothing", () => {
    expect(summarize([])).toEqual({ count: 0, p50: 0, p95: 0, p99: 0, longest: 0 });
  });
});
