/** Over real TCP: with the native part and without it the same bytes arrive. `npm run build` builds it. */
import { describe, expect, it } from "vitest";
import { CountingWriter, connected, read } from "../../test/tcp.ts";
import { loadSendAll } from "./send_all.ts";
import { createVolley, type Volley } from "./volley.ts";

const sendAll = loadSendAll();

it("the native part was built here", () => {
  expect(sendAll).toBeDefined();
});

it("where it was not, or is not what it should be, there are no volleys", () => {
  for (const path of ["./nowhere.node", "node:path"])
    expect(createVolley(loadSendAll([path]))).toBeUndefined();
});

it.each<readonly [string, readonly unknown[]]>([
  ["nothing", []],
  ["descriptors that are no Int32Array", [[1], 1, Buffer.from("x"), new Int32Array(1)]],
  ["fewer descriptors than it says", [new Int32Array(1), 2, Buffer.from("x"), new Int32Array(2)]],
  ["no room for the answers", [new Int32Array(2), 2, Buffer.from("x"), new Int32Array(1)]],
  ["no bytes", [new Int32Array(1), 1, "x", new Int32Array(1)]],
])("given %s it throws, and sends nothing", (_, args) => {
  expect(() => Reflect.apply(sendAll ?? (() => {}), undefined, args)).toThrow(TypeError);
});

const ways: readonly [string, Volley | undefined][] = [
  ["with the native part", createVolley(sendAll)],
  ["without it", undefined],
];

describe.each(ways)("%s", (_name, volley) => {
  const arrange = async (count: number) => {
    const ends = await Promise.all(Array.from({ length: count }, connected));
    const writers = ends.map(({ near }) => new CountingWriter(near, { volley: volley ?? null }));
    return { ends, writers };
  };

  it("everybody gets all bytes in order, whether others get them, too, or not", async () => {
    const { ends, writers } = await arrange(120);
    const expected = writers.map(() => "");
    const add = (at: number, bytes: Buffer) => {
      expected[at] = `${expected[at]}${bytes}`;
    };
    for (let round = 0; round < 20; round++) {
      const shared = Buffer.from(`for many ${round};`);
      for (const [at, writer] of writers.entries()) {
        if ((at + round) % 3 === 0) continue;
        writer.writeWithOthers(shared);
        add(at, shared);
        if ((at + round) % 7 !== 0) continue;
        const own = Buffer.from(`for ${at} alone;`);
        writer.writeBytes(own);
        add(at, own);
      }
      if (round % 5 === 0) await new Promise(setImmediate);
    }
    const received = await Promise.all(ends.map(({ far }, at) => read(far, expected[at]?.length ?? 0)));
    expect(received).toEqual(expected);
  });

  it("what the kernel does not take at once is counted, and comes before what is written after it", async () => {
    const { ends, writers } = await arrange(2);
    const large = Buffer.alloc(16 * 1024 * 1024, "x");
    const [after, last] = [Buffer.from("after it"), Buffer.from("last")];
    for (const bytes of [large, after]) for (const writer of writers) writer.writeWithOthers(bytes);
    for (const writer of writers) writer.writeBytes(last);
    for (const writer of writers) expect(writer.waiting()).toBeGreaterThan(0);
    for (const { far } of ends) {
      const text = await read(far, large.length + after.length + last.length);
      expect(text.length).toBe(large.length + after.length + last.length);
      expect(text.slice(-14)).toBe("xxafter itlast");
    }
    for (const writer of writers) await expect.poll(() => writer.waiting()).toBe(0);
  });

  it("the same bytes twice for one socket are sent twice, whole, and counted until they have gone", async () => {
    const { ends, writers } = await arrange(2);
    const large = Buffer.alloc(4 * 1024 * 1024, "x");
    for (let times = 0; times < 2; times++) for (const writer of writers) writer.writeWithOthers(large);
    for (const writer of writers) expect(writer.waiting()).toBeGreaterThan(large.length);
    for (const { far } of ends) {
      const text = await read(far, 2 * large.length);
      expect(text.length).toBe(2 * large.length);
    }
    for (const writer of writers) await expect.poll(() => writer.waiting()).toBe(0);
  });

  it("a socket that was closed meanwhile is sent nothing, and harms no other", async () => {
    const { ends, writers } = await arrange(3);
    const [closed] = ends;
    for (const writer of writers) writer.writeWithOthers(Buffer.from("x"));
    closed?.near.destroy();
    // Its descriptor is free for whoever comes next.
    const next = await connected();
    let strange = "";
    next.far.on("data", (chunk) => {
      strange = `${strange}${chunk}`;
    });
    for (const writer of writers) writer.writeWithOthers(Buffer.from("y"));
    for (const { far } of ends.slice(1)) expect(await read(far, 2)).toBe("xy");
    expect(writers[0]?.descriptor()).toBeLessThan(0);
    next.near.write("its own");
    await expect.poll(() => strange).toBe("its own");
  });
});
