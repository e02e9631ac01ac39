import { expect, it } from "vitest";
import { Batch } from "./batch.ts";
import type { Frame } from "./subscriber.ts";

const frame = (text: string): Frame => ({ text, bytes: Buffer.from(text) });
const [a, b, c] = [frame("a"), frame("bb"), frame("ccc")];

it("a batch has its frames in order, and their bytes", () => {
  const batch = new Batch(a).with(b).with(c);
  expect(batch.frames).toEqual([a, b, c]);
  expect(batch.bytes.toString()).toBe("abbccc");
  expect(batch.size).toBe(6);
  expect(batch.last).toBe(c);
});

it("a batch is the same one for all who wait for the same frames", () => {
  const first = new Batch(a);
  expect(first.with(b).with(c)).toBe(first.with(b).with(c));
  expect(first.with(b).with(c).bytes).toBe(first.with(b).with(c).bytes);
  expect(first.with(b)).not.toBe(first.with(c));
  expect(first.frames).toEqual([a]);
});

it("a batch of one frame needs no copy of its bytes", () => {
  expect(new Batch(a).bytes).toBe(a.bytes);
});
