import { describe, expect, it } from "vitest";
import { createClock, toMicros, toTimestamp } from "./clock.ts";

describe("a clock", () => {
  it("gives a later time each time, even within one millisecond", () => {
    const clock = createClock(0, () => 1000);
    expect([clock.next(), clock.next(), clock.now(), clock.next()]).toEqual([
      1_000_000, 1_000_001, 1_000_001, 1_000_002,
    ]);
  });

  it("does not turn back with the wall clock, or behind what it gave before a restart", () => {
    let wallMs = 2000;
    const clock = createClock(5_000_000, () => wallMs);
    expect(clock.next()).toBe(5_000_001);
    wallMs = 6000;
    expect(clock.next()).toBe(6_000_000);
    wallMs = 1000;
    expect(clock.next()).toBe(6_000_001);
  });

  it("commits after every time that a read was told", () => {
    const clock = createClock(0, () => 1000);
    const read = clock.now();
    expect(clock.next()).toBeGreaterThan(read);
  });
});

describe("a timestamp", () => {
  it.each([0, 1, 1_700_000_000_123_456, -1_500_000])("of %d microseconds goes there and back", (micros) => {
    expect(toMicros(toTimestamp(micros))).toBe(micros);
  });
});
