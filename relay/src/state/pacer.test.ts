import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { createPacer } from "./pacer.ts";

function pacerUnderTest() {
  const clock = new ManualClock();
  const pacer = createPacer(clock, 250);
  const acted: string[] = [];
  const touch = (key: string, what: string) => pacer.touch(key, () => acted.push(what));
  return { clock, pacer, acted, touch };
}

describe("a pacer", () => {
  it("lets the first through at once, and of what follows only the newest, at the interval's end", () => {
    const { clock, acted, touch } = pacerUnderTest();
    for (const what of ["a", "b", "c"]) touch("room", what);
    expect(acted).toEqual(["a"]);
    clock.advance(249);
    expect(acted).toEqual(["a"]);
    clock.advance(1);
    expect(acted).toEqual(["a", "c"]);
  });

  it("never lets more than one per interval through, and forgets a room that went quiet", () => {
    const { clock, acted, touch } = pacerUnderTest();
    for (let at = 0; at < 100; at += 1) {
      touch("room", String(at));
      clock.advance(10);
    }
    expect(acted.length).toBeLessThanOrEqual(5);
    clock.advance(250);
    expect(acted.at(-1)).toBe("99");
    clock.advance(250);
    expect(clock.pending).toBe(0);
  });

  it("keeps rooms apart", () => {
    const { acted, touch } = pacerUnderTest();
    touch("one", "a");
    touch("other", "b");
    expect(acted).toEqual(["a", "b"]);
  });

  it("forgets what waits when it is closed", () => {
    const { clock, pacer, acted, touch } = pacerUnderTest();
    touch("room", "a");
    touch("room", "b");
    pacer.close();
    clock.advance(1_000);
    expect(acted).toEqual(["a"]);
    expect(clock.pending).toBe(0);
  });
});
