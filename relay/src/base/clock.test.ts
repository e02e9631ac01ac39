import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe("the system's clock", () => {
  it("calls once, and not when it was cancelled", async () => {
    const calls: string[] = [];
    const cancel = systemClock.after(0, () => calls.push("cancelled"));
    cancel();
    cancel();
    await new Promise<void>((resolve) => {
      systemClock.after(1, () => resolve());
    });
    expect(calls).toEqual([]);
  });

  it("holds on to nothing of what was cancelled, whatever its length was", () => {
    const count = 20_000;
    const before = heapBytes();
    for (let at = 0; at < count; at += 1) systemClock.after(1_000_000 + at, () => {})();
    expect((heapBytes() - before) / count).toBeLessThan(40);
  });
});
