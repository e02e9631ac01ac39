import { describe, expect, it } from "vitest";
import { createSweeper } from "./sweeper.ts";

/** Targets that write their name down; each takes its time if `busyMs` is given. */
function sweeperUnderTest(busyMs = 0) {
  const flushed: string[] = [];
  const failed: unknown[] = [];
  const sweeper = createSweeper<{ flush(): void }>((_target, error) => failed.push(error));
  const target = (name: string) => ({
    flush() {
      flushed.push(name);
      const until = performance.now() + busyMs;
      while (performance.now() < until);
    },
  });
  const many = (name: string, count: number) => Array.from({ length: count }, () => target(name));
  const swept = (lane: string, targets: readonly { flush(): void }[]) =>
    new Promise<void>((resolve) => sweeper.sweep(lane, targets, resolve));
  return { sweeper, flushed, failed, target, many, swept };
}

const nothing = () => {};

describe("a sweep", () => {
  it("is done before the call returns while there is little to do", () => {
    const { sweeper, flushed, many } = sweeperUnderTest();
    let isSwept = false;
    sweeper.sweep("org", many("a", 10), () => {
      isSwept = true;
    });
    expect([flushed.length, isSwept]).toEqual([10, true]);
  });

  it("lets the process look at other things when it takes long", async () => {
    const { flushed, many, swept } = sweeperUnderTest(0.2);
    let seen = 0;
    const look = () => {
      seen = flushed.length;
      if (flushed.length < 200) setImmediate(look);
    };
    const done = swept("org", many("a", 200));
    const before = flushed.length;
    setImmediate(look);
    await done;
    expect(before).toBeLessThan(200);
    expect(seen).toBeGreaterThan(0);
    expect(flushed).toHaveLength(200);
  });

  it("keeps the order of its lane, and tells when each is done", async () => {
    const { sweeper, flushed, many, swept } = sweeperUnderTest(0.1);
    const told: string[] = [];
    sweeper.sweep("org", many("a", 200), () => told.push("a"));
    sweeper.sweep("org", [], () => told.push("nobody"));
    await swept("org", many("b", 10)).then(() => told.push("b"));
    expect(told).toEqual(["a", "nobody", "b"]);
    expect(flushed.lastIndexOf("a")).toBeLessThan(flushed.indexOf("b"));
  });

  it("does not wait for the end of another lane's", async () => {
    const { sweeper, flushed, many, swept } = sweeperUnderTest(0.2);
    sweeper.sweep("large", many("large", 1_000), nothing);
    await swept("small", many("small", 3));
    expect(flushed.filter((name) => name === "large").length).toBeLessThan(500);
  });

  it("waits for the next slice, so that more can come together, once the process has had a thing to do", async () => {
    const { flushed, target, swept, sweeper } = sweeperUnderTest();
    sweeper.sweep("org", [target("first")], nothing);
    const second = swept("org", [target("second")]);
    expect(flushed).toEqual(["first"]);
    await second;
    expect(flushed).toEqual(["first", "second"]);
  });

  it("goes on behind a target that throws, and tells of it", () => {
    const { sweeper, flushed, failed, target } = sweeperUnderTest();
    const broken = {
      flush() {
        throw new Error("broken");
      },
    };
    sweeper.sweep("org", [target("a"), broken, target("b")], nothing);
    expect(flushed).toEqual(["a", "b"]);
    expect(failed).toEqual([new Error("broken")]);
  });

  it("may begin another one when it is done", async () => {
    const { sweeper, flushed, target, swept } = sweeperUnderTest();
    let second: Promise<void> | undefined;
    sweeper.sweep("org", [target("a")], () => {
      second = swept("org", [target("b")]);
    });
    await second;
    expect(flushed).toEqual(["a", "b"]);
  });
});
