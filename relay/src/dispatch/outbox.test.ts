import { describe, expect, it } from "vitest";
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

  write({ text, bytes }: Frame): void {
    this.written.push(text);
    this.#waiting.push(bytes.length);
  }

  discard(): void {
    this.discards += 1;
  }

  letGo(count = this.#waiting.length): void {
    this.#waiting.splice(0, count);
  }
}

function outboxUnderTest(limitBytes = 1_000) {
  const line = new SlowLine();
  const told: string[] = [];
  const outbox = new Outbox({
    transport: "socket",
    line,
    limitBytes,
    metrics: {
      coalesced: (kind) => told.push(`coalesced ${kind}`),
      slowConsumer: (transport) => told.push(`slow ${transport}`),
    },
    onOverflow: () => told.push("overflow"),
  });
  const drain = (count?: number) => {
    line.letGo(count);
    outbox.drained();
  };
  return { outbox, line, told, drain };
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
    const { outbox, line, drain } = outboxUnderTest();
    for (const each of [frame("a"), stats("s1"), heat("h1", ["x"]), stats("s2")]) {
      outbox.send(each, false);
      drain();
    }
    expect(names(line)).toEqual(["a", "s1", "h1", "s2"]);
  });

  it("keeps the order of what must all be sent, and sends only the newest state, once there is room", () => {
    const { outbox, line, told, drain } = outboxUnderTest();
    outbox.send(frame("a"), false);
    outbox.send(stats("s1"), false);
    outbox.send(frame("b"), false);
    outbox.send(stats("s2"), false);
    outbox.send(heat("h1", ["x"]), false);
    outbox.send(frame("c"), false);
    outbox.send(stats("s3"), false);
    expect(names(line)).toEqual(["a", "b", "c"]);
    drain();
    expect(names(line)).toEqual(["a", "b", "c", "h1", "s3"]);
    expect(told).toEqual(["coalesced stats", "coalesced stats"]);
  });

  it("forgets state only when each of its values has a newer one", () => {
    const { outbox, line, told, drain } = outboxUnderTest();
    outbox.send(frame("a"), false);
    outbox.send(heat("library and pier", ["library", "pier"]), false);
    outbox.send(heat("library", ["library"]), false);
    expect(told).toEqual([]);
    outbox.send(heat("pier", ["pier"]), false);
    expect(told).toEqual(["coalesced heatmap"]);
    outbox.send(heat("pier again", ["pier"]), false);
    drain();
    expect(names(line)).toEqual(["a", "library", "pier again"]);
  });

  it("sends held state once, though it comes again and again", () => {
    const { outbox, line, drain } = outboxUnderTest();
    const value = heat("h", ["x", "y"]);
    outbox.send(frame("a"), false);
    for (let time = 0; time < 100; time++) outbox.send(value, false);
    drain();
    drain();
    expect(names(line)).toEqual(["a", "h"]);
  });

  it("does not hold state up behind a line that is busy but keeps up", () => {
    const { outbox, line, drain } = outboxUnderTest();
    for (const name of ["a", "b", "c"]) outbox.send(frame(name), false);
    outbox.send(stats("s"), false);
    drain(1);
    expect(names(line)).toEqual(["a", "b", "c", "s"]);
  });

  it("keeps state back while much waits, so that it is still the newest when it is sent", () => {
    const { outbox, line, drain } = outboxUnderTest(100_000);
    for (const name of ["a", "b", "c"]) outbox.send(frame(name, 20_000), false);
    outbox.send(stats("s1"), false);
    drain(1);
    outbox.send(stats("s2"), false);
    drain(1);
    expect(names(line)).toEqual(["a", "b", "c"]);
    drain(1);
    expect(names(line)).toEqual(["a", "b", "c", "s2"]);
  });

  it("sends the client away once, when more than the limit waits, and then nothing but what is asked for", () => {
    const { outbox, line, told } = outboxUnderTest();
    for (let count = 0; count < 11; count++) outbox.send(frame(`${count}`, 100), false);
    expect(told).toEqual([]);
    outbox.send(frame("too much", 100), false);
    expect(told).toEqual(["slow socket", "overflow"]);
    expect(line.discards).toBe(1);
    outbox.send(frame("more"), false);
    outbox.send(frame("why"), true);
    outbox.end();
    outbox.send(frame("after the end"), true);
    expect(names(line).slice(-2)).toEqual(["too much", "why"]);
    expect(told).toHaveLength(2);
  });

  it("counts held state, too", () => {
    const { outbox, told } = outboxUnderTest();
    outbox.send(frame("a"), false);
    for (let count = 0; count < 11; count++) outbox.send(heat(`${count}`, [`${count}`], 100), false);
    expect(told).toEqual(["slow socket", "overflow"]);
  });

  it("never sends a client away for state that is replaced", () => {
    const { outbox, told } = outboxUnderTest();
    outbox.send(frame("a"), false);
    for (let count = 0; count < 1_000; count++) outbox.send(stats(`${count}`, 500), false);
    expect(told.filter((word) => word !== "coalesced stats")).toEqual([]);
  });

  it("counts what was written past it", () => {
    const { outbox, line, told } = outboxUnderTest();
    line.write(frame("an answer", 900));
    outbox.send(frame("a", 50), false);
    expect(told).toEqual([]);
    line.write(frame("an answer", 900));
    outbox.check();
    expect(told).toEqual(["slow socket", "overflow"]);
  });

  it("lets a client have all that it asked for, and holds it to the limit again when it has read that", () => {
    const { outbox, told, drain } = outboxUnderTest();
    for (let count = 0; count < 100; count++) outbox.send(frame(`missed ${count}`, 100), true);
    outbox.send(frame("live", 100), false);
    expect(told).toEqual([]);
    drain();
    for (let count = 0; count < 12; count++) outbox.send(frame(`live ${count}`, 100), false);
    expect(told).toEqual(["slow socket", "overflow"]);
  });

  it("sends what is larger than the limit to whoever has read everything before it", () => {
    const { outbox, line, told, drain } = outboxUnderTest();
    outbox.send(frame("huge", 5_000), false);
    outbox.send(frame("next", 100), false);
    drain();
    outbox.send(frame("a"), false);
    outbox.send(heat("huge value", ["x"], 5_000), true);
    drain();
    outbox.send(frame("last", 100), false);
    expect(names(line)).toEqual(["huge", "next", "a", "huge value", "last"]);
    expect(told).toEqual([]);
  });
});
