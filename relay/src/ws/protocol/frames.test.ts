/** Below the protocols: WebSocket's own frames (RFC 6455). */
import { expect, it, onTestFinished } from "vitest";
import { encodeFrame, type FrameOptions, opcodes } from "../../../../e2e/wire/frames.ts";
import { dial, upgradeHead } from "../../../../e2e/wire/upgrade.ts";
import { describeFronts, payloadOf } from "./fronts.ts";

const leave = '421["unsubscribe",{"rooms":["campus:north"]}]';
const left = '431[{"ok":true,"rooms":[]}]';
const largest = 65_536;

describeFronts("a WebSocket message", (setting) => {
  it("may come in fragments, with pings between them", async () => {
    const client = await setting.join();
    const { webSocket } = client;
    const pongs: string[] = [];
    webSocket.on("pong", (data) => pongs.push(data.toString()));
    for (const character of leave) {
      webSocket.send(character, { fin: false });
      if (character === ":") webSocket.ping("between");
    }
    webSocket.send("", { fin: true });
    expect(await client.next()).toBe(left);
    expect(pongs).toEqual(["between", "between"]);
  });

  it("may be cut within a character, and anywhere by TCP", async () => {
    const client = await setting.join();
    const bytes = Buffer.from('421["unsubscribe",{"rooms":["campus:north"],"🏢𝔘":1}]');
    const cut = bytes.indexOf(Buffer.from("🏢")) + 2;
    const parts = [
      encodeFrame(bytes.subarray(0, cut), { isFinal: false }),
      encodeFrame(bytes.subarray(cut), { opcode: opcodes.continuation }),
    ];
    for (const byte of Buffer.concat(parts)) client.sendBytes(Buffer.of(byte));
    expect(payloadOf(await client.next())).toMatchObject([{ ok: false, error: { field: "🏢𝔘" } }]);
  });

  it("may come together with the request for the line", async () => {
    const port = Number(new URL(setting.url).port);
    const socket = await dial(port);
    onTestFinished(() => {
      socket.destroy();
    });
    const [packet, answer] = padded(100);
    socket.write(Buffer.concat([Buffer.from(upgradeHead(port)), encodeFrame(packet)]));
    let answered = "";
    for await (const chunk of socket) {
      answered += chunk;
      if (answered.includes(answer)) break;
    }
    expect(answered).toMatch(/^HTTP\/1\.1 101 /);
  });

  it("may be as large as the handshake says, in one or in fragments", async () => {
    const client = await setting.join();
    const [large, answer] = padded(largest);
    client.send(large);
    expect(await client.next()).toBe(answer);
    client.webSocket.send(large.slice(0, 1_000), { fin: false });
    client.webSocket.send(large.slice(1_000), { fin: true });
    expect(await client.next()).toBe(answer);
  });

  it.each(["connected", "not connected"])("that is larger ends the line (%s) with 1009", async (state) => {
    const open = () => (state === "connected" ? setting.join() : setting.open());
    const [large] = padded(largest + 1);
    const [whole, cut] = [await open(), await open()];
    whole.send(large);
    expect(await whole.ended).toEqual({ code: 1009, reason: "" });
    cut.webSocket.send(large.slice(0, 40_000), { fin: false });
    cut.webSocket.send(large.slice(40_000), { fin: true });
    expect(await cut.ended).toEqual({ code: 1009, reason: "" });
    for (const { frames } of [whole, cut]) expect(frames).toEqual([]);
  });
});

/** A packet of this many bytes, and its answer. */
function padded(bytes: number): readonly [packet: string, answer: string] {
  const namespace = `/${"x".repeat(bytes - 3)}`;
  return [`40${namespace}`, `44${namespace},{"message":"Invalid namespace"}`];
}

const faults: readonly (readonly [string, number, Buffer | string, FrameOptions])[] = [
  ["is not masked", 1002, leave, { isMasked: false }],
  ["has a reserved bit", 1002, leave, { reserved: 4 }],
  ["has another reserved bit", 1002, leave, { reserved: 1 }],
  ["has an unknown type", 1002, leave, { opcode: 3 }],
  ["has an unknown control type", 1002, leave, { opcode: 11 }],
  ["goes on with nothing", 1002, leave, { opcode: opcodes.continuation }],
  ["is a fragment of a ping", 1002, "", { opcode: opcodes.ping, isFinal: false }],
  ["is a ping that is too long", 1002, "x".repeat(126), { opcode: opcodes.ping }],
  ["is a close with half a code", 1002, "x", { opcode: opcodes.close }],
  ["is a close with a code that must not be sent", 1002, codeOf(1006), { opcode: opcodes.close }],
  ["is no UTF-8", 1007, Buffer.from([0x34, 0x32, 0xc3, 0x28]), {}],
  ["breaks off within a character", 1007, Buffer.from("42🏢").subarray(0, 4), {}],
  ["claims to be longer than any", 1009, leave, { claimedLength: 2 ** 60 }],
  ["claims to be longer than may be", 1009, leave, { claimedLength: largest + 1 }],
];

describeFronts("a WebSocket frame", (setting) => {
  it.each(faults)("that %s ends the line with %i, connected or not", async (_, code, payload, options) => {
    const clients = [await setting.open(), await setting.join()];
    for (const client of clients) {
      client.sendBytes(encodeFrame(payload, options));
      expect(await client.ended).toEqual({ code, reason: "" });
      expect(client.frames).toEqual([]);
    }
  });

  it("that begins a message within another ends the line with 1002", async () => {
    const client = await setting.join();
    client.sendBytes(Buffer.concat([encodeFrame("42", { isFinal: false }), encodeFrame(leave)]));
    expect((await client.ended).code).toBe(1002);
  });

  it.each(["", "are you there?", "x".repeat(125)])(
    "that is a ping with %j is answered by it",
    async (data) => {
      for (const client of [await setting.open(), await setting.join()]) {
        const pong = new Promise<Buffer>((resolve) => client.webSocket.once("pong", resolve));
        client.webSocket.ping(data);
        expect((await pong).toString()).toBe(data);
      }
    },
  );

  it("that is a pong to no ping is ignored", async () => {
    const client = await setting.join();
    client.webSocket.pong("here");
    expect(await client.probe()).toEqual([]);
  });
});

describeFronts("a close frame", (setting) => {
  it.each([
    ["without a code", undefined, 1005],
    ["that says all is well", 1000, 1000],
    ["that says the page is left", 1001, 1001],
    ["with a code of one's own", 4321, 4321],
  ])("%s is answered by the same", async (_, code, answered) => {
    for (const client of [await setting.open(), await setting.join()]) {
      client.webSocket.close(code);
      expect((await client.ended).code).toBe(answered);
      expect(client.frames).toEqual([]);
    }
  });
});

function codeOf(code: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return bytes;
}
