import { describe, expect, it } from "vitest";
import { Batch } from "./batch.ts";
import type { StateValues } from "./held.ts";
import { type Line, Outbox } from "./outbox.ts";
import type { Frame } from "./subscriber.ts";

/** A line that lets go of what it was given only when it is told to. */
class SlowLine implements Line {
  readonly written: string[] = [];
  readonly #waiting: number[] = [];
  discards = 0;

  waiting(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes, 0);
  }

  write({ frames, size }: Batch): void {
    this.written.push(...frames.map(({ text }) => text));
    this.#waiting.push(size);
  }

  discard(): void {
    this.discards += 1;
  }

  letGo(count = this.#waiting.length): void {
    this.#waiting.splice(0, count);
  }
}

class ToldOutbox extends Outbox {
  readonly transport = "socket";
  readonly told: string[];

  constructor(line: Line, limitBytes: number) {
    const told: string[] = [];
    const metrics = {
      coalesced: (kind: string) => told.push(`coalesced ${kind}`),
      slowConsumer: (transport: string) => told.push(`slow ${transport}`),
    };
    super({ line, limitBytes, metrics });
    this.told = told;
  }

  protected overflowed(): void {
    this.told.push("overflow");
  }
}

function outboxUnderTest(limitBytes = 1_000) {
  const line = new SlowLine();
  const outbox = new ToldOutbox(line, limitBytes);
  const { told } = outbox;
  const drain = (count?: number) => {
    line.letGo(count);
    outbox.drained();
  };
  const post = (frame: Frame) => outbox.write(new Batch(frame));
  return { outbox, line, told, drain, post };
}

const frame = (name: string, size = 10, state?: StateValues): Frame => {
  const text = name.padEnd(size, ".");
  return { text, bytes: Buffer.from(text), ...(state && { state }) };
};
const heat = (name: string, keys: readonly string[], size = 10) =>
  frame(name, size, { kind: "heatmap", keys });
const stats = (name: string, size = 10) => frame(name, size, { kind: "stats", keys: ["stats"] });
const names = ({ written }: SlowLine) => written.map((text) => text.replace(/\.+$/, ""));

describe("an outbox", () => {
  it("sends everything at once while nothing waits", () => {
    const { post, line, drain } = outboxUnderTest();
    for (const each of [frame("a"), stats("s1"), heat("h1", ["x"]), stats("s2")]) {
      post(each);
      drain();
    }
    expect(names(line)).toEqual(["a", "s1", "h1", "s2"]);
  });

  it("keeps the order of what must all be sent, and sends only the newest state, once there is room", () => {
    const { post, line, told, drain } = outboxUnderTest();
    post(frame("a"));
    post(stats("s1"));
    post(frame("b"));
    post(stats("s2"));
    post(heat("h1", ["x"]));
    post(frame("c"));
    post(stats("s3"));
    expect(names(line)).toEqual(["a", "b", "c"]);
    drain();
    expect(names(line)).toEqual(["a", "b", "c", "h1", "s3"]);
    expect(told).toEqual(["coalesced stats", "coalesced stats"]);
  });

  it("forgets state only when each of its values has a newer one", () => {
    const { post, line, told, drain } = outboxUnderTest();
    post(frame("a"));
    post(heat("library and pier", ["library", "pier"]));
    post(heat("library", ["library"]));
    expect(told).toEqual([]);
    post(heat("pier", ["pier"]));
    expect(told).toEqual(["coalesced heatmap"]);
    post(heat("pier again", ["pier"]));
    drain();
    expect(names(line)).toEqual(["a", "library", "pier again"]);
  });

  it("sends held state once, though it comes again and again", () => {
    const { post, line, drain } = outboxUnderTest();
    const value = heat("h", ["x", "y"]);
    post(frame("a"));
    for (let time = 0; time < 100; time++) post(value);
    drain();
    drain();
    expect(names(line)).toEqual(["a", "h"]);
  });

  it("does not hold state up behind a line that is busy but keeps up", () => {
    const { post, line, drain } = outboxUnderTest();
    for (const name of ["a", "b", "c"]) post(frame(name));
    post(stats("s"));
    drain(1);
    expect(names(line)).toEqual(["a", "b", "c", "s"]);
  });

  it("keeps state back while much waits, so that it is still the newest when it is sent", () => {
    const { post, line, drain } = outboxUnderTest(100_000);
    for (const name of ["a", "b", "c"]) post(frame(name, 20_000));
    post(stats("s1"));
    drain(1);
    post(stats("s2"));
    drain(1);
    expect(names(line)).toEqual(["a", "b", "c"]);
    drain(1);
    expect(names(line)).toEqual(["a", "b", "c", "s2"]);
  });

  it("sends the client away once, when more than the limit waits, and then nothing but what is asked for", () => {
    const { outbox, post, line, told } = outboxUnderTest();
    for (let count = 0; count < 11; count++) post(frame(`${count}`, 100));
    expect(told).toEqual([]);
    post(frame("too much", 100));
    expect(told).toEqual(["slow socket", "overflow"]);
    expect(line.discards).toBe(1);
    post(frame("more"));
    outbox.send(frame("why"));
    outbox.end();
    outbox.send(frame("after the end"));
    expect(names(line).slice(-2)).toEqual(["too much", "why"]);
    expect(told).toHaveLength(2);
  });

  it("counts held state, too", () => {
    const { post, told } = outboxUnderTest();
    post(frame("a"));
    for (let count = 0; count < 11; count++) post(heat(`${count}`, [`${count}`], 100));
    expect(told).toEqual(["slow socket", "overflow"]);
  });

  it("never sends a client away for state that is replaced", () => {
    const { post, told } = outboxUnderTest();
    post(frame("a"));
    for (let count = 0; count < 1_000; count++) post(stats(`${count}`, 500));
    expect(told.filter((word) => word !== "coalesced stats")).toEqual([]);
  });

  it("counts what was written past it", () => {
    const { outbox, post, line, told } = outboxUnderTest();
    line.write(new Batch(frame("an answer", 900)));
    post(frame("a", 50));
    expect(told).toEqual([]);
    line.write(new Batch(frame("an answer", 900)));
    outbox.check();
    expect(told).toEqual(["slow socket", "overflow"]);
  });

  it("lets a client have all that it asked for, and holds it to the limit again when it has read that", () => {
    const { outbox, post, told, drain } = outboxUnderTest();
    for (let count = 0; count < 100; count++) outbox.send(frame(`missed ${count}`, 100));
    post(frame("live", 100));
    expect(told).toEqual([]);
    drain();
    for (let count = 0; count < 12; count++) post(frame(`live ${count}`, 100));
    expect(told).toEqual(["slow socket", "overflow"]);
  });

  it("sends what is larger than the limit to whoever has read everything before it", () => {
    const { outbox, post, line, told, drain } = outboxUnderTest();
    post(frame("huge", 5_000));
    post(frame("next", 100));
    drain();
    post(frame("a"));
    outbox.send(heat("huge value", ["x"], 5_000));
    drain();
    post(frame("last", 100));
    expect(names(line)).toEqual(["huge", "next", "a", "huge value", "last"]);
    expect(told).toEqual([]);
  });
});
