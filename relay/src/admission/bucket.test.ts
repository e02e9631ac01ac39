import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { Bucket } from "./bucket.ts";

function bucketUnderTest() {
  const clock = new ManualClock();
  return { clock, bucket: new Bucket({ perSecond: 10, burst: 3 }, clock) };
}

const takeAll = (bucket: Bucket) => Array.from({ length: 5 }, () => bucket.tryTake());

describe("a bucket", () => {
  it("gives so many at once, and then so many a second", () => {
    const { bucket, clock } = bucketUnderTest();
    expect(takeAll(bucket)).toEqual([true, true, true, false, false]);
    clock.advance(199);
    expect(takeAll(bucket)).toEqual([true, false, false, false, false]);
    clock.advance(1);
    expect(bucket.tryTake()).toBe(true);
  });

  it("never has more than its burst, however long nobody took", () => {
    const { bucket, clock } = bucketUnderTest();
    clock.advance(3_600_000);
    expect(takeAll(bucket)).toEqual([true, true, true, false, false]);
  });

  it("says how long a debt lasts, which ends by itself", () => {
    const { bucket, clock } = bucketUnderTest();
    bucket.take(3);
    expect(bucket.debtMs).toBe(0);
    bucket.take(2);
    expect(bucket.debtMs).toBe(200);
    clock.advance(150);
    expect(bucket.debtMs).toBe(50);
    clock.advance(50);
    expect(bucket.debtMs).toBe(0);
  });

  it("is exhausted when its burst is owed, and lets nobody owe more", () => {
    const { bucket, clock } = bucketUnderTest();
    bucket.take(5);
    expect(bucket.isExhausted).toBe(false);
    bucket.take(1_000);
    expect(bucket.isExhausted).toBe(true);
    expect(bucket.debtMs).toBe(300);
    clock.advance(100);
    expect(bucket.isExhausted).toBe(false);
  });

  it("neither gains nor loses when the clock is set back", () => {
    const { bucket, clock } = bucketUnderTest();
    bucket.take(3);
    clock.advance(-60_000);
    expect(bucket.tryTake()).toBe(false);
    clock.advance(100);
    expect(bucket.tryTake()).toBe(true);
  });
});
