/** The short form of `npm run soak`. */
import { describe, expect, it } from "vitest";
import { runSoak } from "./soak/run.ts";

describe("a relay at which thousands come and go", () => {
  it("holds on to nothing of those who have gone", async () => {
    const { problems, ...figures } = await runSoak({ seed: 7, connects: 3_000, log: console.log });
    console.log(JSON.stringify(figures));
    expect(problems).toEqual([]);
    expect(figures.visits.cuts).toBeGreaterThan(0);
    expect(figures.visits.events).toBeGreaterThan(0);
  });
});
