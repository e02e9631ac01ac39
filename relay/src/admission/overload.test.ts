import { describe, expect, it, onTestFinished } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { watchOverload } from "./overload.ts";
import { measureVitals } from "./vitals.ts";

function overloadUnderTest() {
  const clock = new ManualClock();
  const now = { lagMs: 0, memory: 0 };
  const told: string[] = [];
  const metered: string[] = [];
  const overload = watchOverload({
    vitals: { lagMs: () => now.lagMs, memory: () => now.memory, close: () => told.push("closed") },
    limits: { lagMs: 100, memory: 0.5 },
    clock,
    metrics: { overloaded: (strain, isOverloaded) => metered.push(`${strain} ${isOverloaded}`) },
    onChange: (strain, isOverloaded) => told.push(`${strain} ${isOverloaded}`),
  });
  const pass = (seconds: number, vitals: Partial<typeof now>) => {
    Object.assign(now, vitals);
    clock.advance(seconds * 1_000);
    return overload.strain();
  };
  return { overload, pass, told, metered, clock };
}

describe("overload", () => {
  it("begins when the event loop stays late, and ends when it has been well for a while", () => {
    const { pass, told, metered } = overloadUnderTest();
    expect(pass(2, { lagMs: 101 })).toBeUndefined();
    expect(pass(1, {})).toBe("event-loop");
    expect(pass(10, { lagMs: 90 })).toBe("event-loop");
    expect(pass(4, { lagMs: 10 })).toBe("event-loop");
    expect(pass(1, {})).toBeUndefined();
    expect(told).toEqual(["event-loop true", "event-loop false"]);
    expect(metered).toEqual(told);
  });

  it("does not begin with a slow moment now and then", () => {
    const { pass, told } = overloadUnderTest();
    for (let time = 0; time < 10; time++) {
      pass(2, { lagMs: 5_000 });
      pass(1, { lagMs: 0 });
    }
    expect(told).toEqual([]);
  });

  it("does not flap around the threshold", () => {
    const { pass, told } = overloadUnderTest();
    pass(3, { lagMs: 120 });
    for (let time = 0; time < 10; time++) {
      pass(3, { lagMs: 99 });
      pass(3, { lagMs: 120 });
    }
    expect(told).toEqual(["event-loop true"]);
  });

  it("comes of memory, too, whatever the event loop does", () => {
    const { pass } = overloadUnderTest();
    expect(pass(3, { memory: 0.6, lagMs: 0 })).toBe("memory");
    expect(pass(5, { memory: 0.3 })).toBeUndefined();
  });

  it("is watched until it is closed", () => {
    const { overload, clock, told } = overloadUnderTest();
    overload.close();
    expect(clock.pending).toBe(0);
    expect(told).toEqual(["closed"]);
  });
});

describe("the vitals of this process", () => {
  it("show how late the event loop was since they were last looked at", () => {
    const vitals = measureVitals();
    onTestFinished(vitals.close);
    const end = performance.now() + 200;
    while (performance.now() < end);
    expect(vitals.lagMs()).toBeGreaterThan(150);
    expect(vitals.lagMs()).toBeLessThan(150);
  });

  it("show what part of its memory it uses", () => {
    const small = measureVitals(process.memoryUsage.rss() * 2);
    onTestFinished(small.close);
    expect(small.memory()).toBeGreaterThan(0.3);
    expect(small.memory()).toBeLessThan(0.8);
    const all = measureVitals();
    onTestFinished(all.close);
    expect(all.memory()).toBeGreaterThan(0);
    expect(all.memory()).toBeLessThan(1);
  });
});
