/** The short form of `npm run fuzz`. */
import { describe, expect, it } from "vitest";
import { attackKinds } from "./fuzz/plan.ts";
import { runFuzz } from "./fuzz/run.ts";

describe("a relay under malformed handshakes, frames, payloads, headers and positions", () => {
  it("stays up, keeps its memory, and its healthy clients miss nothing", async () => {
    const { problems, ...figures } = await runFuzz({ seed: 7, count: 5_000, log: console.log });
    console.log(JSON.stringify(figures));
    expect(problems).toEqual([]);
    expect(Object.keys(figures.attacks).sort()).toEqual([...attackKinds].sort());
  });
});
