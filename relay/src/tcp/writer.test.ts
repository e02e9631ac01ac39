/** Over real TCP: whichever way is taken, the same bytes arrive. */
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { CountingWriter, connected, read } from "../../test/tcp.ts";
import { createWriteDirectly, type WriteDirectly } from "./direct.ts";

const ways: readonly [string, WriteDirectly | undefined][] = [
  ["straight to the kernel", createWriteDirectly()],
  ["the public way", undefined],
];

it("this version of Node.js lets us write straight to the kernel", () => {
  expect(createWriteDirectly()).toBeDefined();
});

it("where Node.js's inside is another, nobody writes past it", () => {
  for (const binding of [null, {}, { WriteWrap: class {} }, "stream_wrap"])
    expect(createWriteDirectly(binding)).toBeUndefined();
});

describe.each(ways)("%s", (_name, way) => {
  // `null` stands for none: undefined would be the system's.
  const writerOf = (socket: Socket) =>
    new CountingWriter(socket, { writeDirectly: way ?? (() => undefined) });

  it("bytes arrive in order, after whatever the socket was given before", async () => {
    const { near, far } = await connected();
    const head = Buffer.alloc(8 * 1024 * 1024, "h");
    near.write(head);
    near.write("end of the head;");
    const writer = writerOf(near);
    expect(writer.waiting()).toBeGreaterThan(0);
    let expected = "end of the head;";
    const write = (text: string) => {
      writer.writeBytes(Buffer.from(text));
      expected += text;
    };
    for (let count = 0; count < 10; count++) write(`early ${count};`);
    const reading = read(far, head.length + expected.length + 70);
    await expect.poll(() => writer.waiting()).toBe(0);
    for (let count = 0; count < 10; count++) write(`late ${count};`);
    expect((await reading).slice(head.length)).toBe(expected);
  });

  it("what the kernel does not take at once is counted, and arrives before what is written after it", async () => {
    const { near, far } = await connected();
    const writer = writerOf(near);
    const large = Buffer.alloc(16 * 1024 * 1024, "x");
    writer.writeBytes(large);
    expect(writer.waiting()).toBe(large.length);
    near.write("after it");
    const text = await read(far, large.length + 8);
    expect(text.length).toBe(large.length + 8);
    expect(text.endsWith("xafter it")).toBe(true);
    await expect.poll(() => writer.waiting()).toBe(0);
    expect(writer.drains).toBeGreaterThan(0);
  });

  it("a socket whose other side has gone ends, and no error gets out", async () => {
    const { near, far } = await connected();
    near.on("error", () => {});
    const writer = writerOf(near);
    far.resetAndDestroy();
    const ended = new Promise((resolve) => near.once("close", resolve));
    const write = () => {
      if (near.destroyed) return;
      writer.writeBytes(Buffer.from("x"));
      setImmediate(write);
    };
    write();
    await ended;
    writer.writeBytes(Buffer.from("too late"));
    expect(writer.waiting()).toBe(0);
  });
});
