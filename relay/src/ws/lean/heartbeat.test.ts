import { expect, it } from "vitest";
import { ManualClock } from "../../../test/clock.ts";
import { Heartbeat, type Pulse } from "./heartbeat.ts";

const periodMs = 10_000;

/** A line that remembers what was done to it; it answers unless it is silent. */
class Line implements Pulse {
  isAsked = false;
  readonly asked: number[] = [];
  losses = 0;

  readonly #clock: ManualClock;
  readonly #isSilent: boolean;

  constructor(clock: ManualClock, isSilent = false) {
    this.#clock = clock;
    this.#isSilent = isSilent;
  }

  ping(): void {
    this.asked.push(this.#clock.now());
    if (!this.#isSilent) this.isAsked = false;
  }

  lost(): void {
    this.losses += 1;
  }
}

function arrange() {
  const clock = new ManualClock();
  return { clock, heartbeat: new Heartbeat<Line>(periodMs, clock) };
}

it("a line is asked once in every period, and not before the first is over", () => {
  const { clock, heartbeat } = arrange();
  const line = new Line(clock);
  const start = clock.now();
  heartbeat.follow(line);
  clock.advance(3 * periodMs);
  expect(line.asked).toEqual([1, 2, 3].map((count) => start + count * periodMs));
  expect(line.losses).toBe(0);
});

it("a line that does not answer for a period is lost, and no other is", () => {
  const { clock, heartbeat } = arrange();
  const [silent, alive] = [new Line(clock, true), new Line(clock)];
  for (const line of [silent, alive]) heartbeat.follow(line);
  clock.advance(2 * periodMs - 1);
  expect(silent.losses).toBe(0);
  clock.advance(1);
  expect(silent).toMatchObject({ losses: 1, asked: [expect.any(Number)] });
  expect(alive.losses).toBe(0);
});

it("lines that come one after another are never asked all at once", () => {
  const { clock, heartbeat } = arrange();
  const lines = Array.from({ length: 500 }, () => {
    clock.advance(20);
    const line = new Line(clock);
    heartbeat.follow(line);
    return line;
  });
  clock.advance(periodMs);
  const atOnce = new Map<number | undefined, number>();
  for (const { asked } of lines) atOnce.set(asked[0], (atOnce.get(asked[0]) ?? 0) + 1);
  expect(lines.every(({ asked }) => asked.length > 0)).toBe(true);
  expect(Math.max(...atOnce.values())).toBeLessThanOrEqual(10);
});

it("whoever is forgotten is asked no more, nor is anybody after the end", () => {
  const { clock, heartbeat } = arrange();
  const [gone, left] = [new Line(clock), new Line(clock)];
  for (const line of [gone, left]) heartbeat.follow(line);
  heartbeat.forget(gone);
  expect(heartbeat.lines).toEqual([left]);
  clock.advance(periodMs);
  heartbeat.end();
  clock.advance(periodMs);
  expect([gone.asked.length, left.asked.length]).toEqual([0, 1]);
  expect(clock.pending).toBe(0);
});
