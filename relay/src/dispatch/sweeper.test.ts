import { describe, expect, it } from "vitest";
import { createSweeper } from "./sweeper.ts";

/** Visits are written down; each takes its time if `busyMs` is given. */
function sweeperUnderTest(busyMs = 0) {
  const visited: string[] = [];
  const sweeper = createSweeper();
  /** Is done when nothing is left of `targets`. */
  const add = (targets: string[], onSwept: () => void) =>
    sweeper.add({
      goOn(visits) {
        for (const name of targets.splice(0, visits)) {
          visited.push(name);
          const until = performance.now() + busyMs;
          while (performance.now() < until);
        }
        if (targets.length === 0) onSwept();
        return targets.length === 0;
      },
    });
  const sweep = (name: string, count: number) => {
    const swept = new Promise<void>((resolve) =>
      add(
        Array.from({ length: count }, () => name),
        resolve,
      ),
    );
    sweeper.run();
    return swept;
  };
  return { sweeper, visited, add, sweep };
}

describe("a sweep", () => {
  it("is done before the call returns while there is little to do", () => {
    const { sweeper, visited, add } = sweeperUnderTest();
    let isSwept = false;
    add(["a", "b"], () => {
      isSwept = true;
    });
    expect(visited).toEqual([]);
    sweeper.run();
    expect([visited, isSwept]).toEqual([["a", "b"], true]);
  });

  it("lets the process look at other things when it takes long", async () => {
    const { visited, sweep } = sweeperUnderTest(0.2);
    let seen = 0;
    const look = () => {
      seen = visited.length;
      if (visited.length < 200) setImmediate(look);
    };
    const done = sweep("a", 200);
    const before = visited.length;
    setImmediate(look);
    await done;
    expect(before).toBeLessThan(200);
    expect(seen).toBeGreaterThan(0);
    expect(visited).toHaveLength(200);
  });

  it("does not wait for the end of another", async () => {
    const { visited, sweep } = sweeperUnderTest(0.2);
    const large = sweep("large", 1_000);
    await sweep("small", 3);
    expect(visited.filter((name) => name === "large").length).toBeLessThan(500);
    await large;
    expect(visited).toHaveLength(1_003);
  });

  it("waits for the next slice, so that more can come together, once the process has had a thing to do", async () => {
    const { visited, sweep } = sweeperUnderTest();
    await sweep("first", 1);
    const second = sweep("second", 1);
    expect(visited).toEqual(["first"]);
    await second;
    expect(visited).toEqual(["first", "second"]);
  });

  it("begins only when it is its turn, and may begin another one when it is done", async () => {
    const { sweeper, visited, add, sweep } = sweeperUnderTest();
    let second: Promise<void> | undefined;
    const targets = ["a"];
    add(targets, () => {
      second = sweep("c", 1);
    });
    targets.push("b");
    sweeper.run();
    await second;
    expect(visited).toEqual(["a", "b", "c"]);
  });
});
