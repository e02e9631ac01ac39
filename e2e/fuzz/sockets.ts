/** Malformed WebSockets: handshakes, frames, packets of Engine.IO and Socket.IO, and payloads. */
import { socketPath } from "@faultline/contract";
import type { Random } from "../support/random.ts";
import { encodeFrame, opcodes } from "../wire/frames.ts";
import { upgradeHead } from "../wire/upgrade.ts";
import type { Generator } from "./attack.ts";
import { inPieces, mutate, oddJson, oddQuery, oddText, randomBytes } from "./mutate.ts";
import { oddToken } from "./tokens.ts";

/** A handshake of which a part is malformed. */
export const handshake: Generator = (random) => {
  const odd = () => oddQuery(random);
  const queries: readonly [string, ...string[]] = [
    "",
    `?EIO=${odd()}&transport=websocket`,
    `?EIO=3&transport=websocket`,
    `?EIO=4&transport=${odd()}`,
    `?EIO=4&transport=polling`,
    `?EIO=4&transport=websocket&sid=${odd()}`,
    `?EIO=4&transport=polling&sid=${odd()}&t=${odd()}`,
    `?EIO=4&EIO=4&transport=websocket&transport=polling`,
    `?EIO[]=4&transport[]=websocket`,
    `?EIO=4&transport=websocket&b64=1&j=${odd()}`,
  ];
  const good = upgradeHead(80, `${socketPath}/${random.pick(queries)}`);
  const lines = good.split("\r\n");
  const at = random.integer(lines.length);
  const changes: readonly [() => string, ...(() => string)[]] = [
    () => good,
    () => lines.toSpliced(at, 1).join("\r\n"),
    () => lines.toSpliced(at, 0, lines[at] ?? "").join("\r\n"),
    () => good.replace("13", random.pick(["0", "8", "999", "", "13, 8"])),
    () => good.replace("dGhlIHNhbXBsZSBub25jZQ==", oddText(random).replaceAll(/[\r\n]/g, "")),
    () => good.replace("websocket\r\n", random.pick(["WebSocket, h2c\r\n", "\r\n", "nonsense\r\n"])),
    () => good.replace("GET", random.pick(["POST", "HEAD", "CONNECT"])),
    () =>
      good.replace(
        "\r\n\r\n",
        "\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=x\r\n\r\n",
      ),
    () => good.replace("\r\n\r\n", "\r\nSec-WebSocket-Protocol: ,,\r\n\r\n"),
    () => mutate(random, Buffer.from(good)).toString("latin1"),
  ];
  return { prelude: "none", chunks: inPieces(random, Buffer.from(random.pick(changes)())), ending: "end" };
};

const good = '42["unsubscribe",{"rooms":["campus:north"]}]';

const frames: readonly [(random: Random) => Buffer, ...((random: Random) => Buffer)[]] = [
  (random) => encodeFrame(good, { opcode: random.pick([3, 4, 7, 11, 15]) }),
  (random) => encodeFrame(good, { reserved: 1 + random.integer(7) }),
  () => encodeFrame(good, { isMasked: false }),
  (random) => encodeFrame(good, { claimedLength: random.pick([0, 5, 65_536, 2 ** 31, 2 ** 40, 2 ** 52]) }),
  () => encodeFrame(good, { opcode: opcodes.continuation }),
  () => Buffer.concat([encodeFrame(good, { isFinal: false }), encodeFrame(good)]),
  (random) =>
    Buffer.concat(
      Array.from({ length: random.integer(500) }, (_, at) =>
        encodeFrame("2", { isFinal: false, opcode: at === 0 ? opcodes.text : opcodes.continuation }),
      ),
    ),
  (random) =>
    encodeFrame(randomBytes(random, 126 + random.integer(300)), { opcode: random.pick([8, 9, 10]) }),
  (random) => encodeFrame("x", { opcode: random.pick([8, 9, 10]), isFinal: false }),
  (random) => encodeFrame(closeOf(random), { opcode: opcodes.close }),
  () => encodeFrame("x", { opcode: opcodes.close }),
  () => encodeFrame(Buffer.from([0x34, 0x32, 0xc0, 0xaf, 0xff, 0xfe])),
  () => encodeFrame(Buffer.from("34325bed a0bd22".replace(" ", ""), "hex")),
  (random) => encodeFrame(`42["subscribe",${" ".repeat(60_000 + random.integer(20_000))}]`),
  (random) => encodeFrame(randomBytes(random, 200 + random.integer(2_000)), { opcode: opcodes.binary }),
  (random) =>
    Buffer.concat(
      Array.from({ length: random.integer(300) }, () => encodeFrame("", { opcode: opcodes.ping })),
    ),
  (random) => randomBytes(random, 1 + random.integer(500)),
  (random) => mutate(random, encodeFrame(good)),
];

function closeOf(random: Random): Buffer {
  const bytes = Buffer.alloc(2 + random.integer(100), "x");
  bytes.writeUInt16BE(random.pick([0, 999, 1004, 1005, 1006, 1015, 2_999, 5_000, 65_535]));
  return bytes;
}

/** Frames that are none, or that say what is not so. */
export const frame: Generator = (random) => ({
  prelude: random.pick(["upgraded", "connected"]),
  chunks: inPieces(random, random.pick(frames)(random)),
  ending: random.pick(["end", "reset"]),
});

const events = [
  "subscribe",
  "unsubscribe",
  "authenticate",
  "error",
  "connect",
  "disconnect",
  "disconnecting",
];
const odderEvents = [
  "newListener",
  "removeListener",
  "connect_error",
  "__proto__",
  "constructor",
  "faultline:push",
];

const packets: readonly [(random: Random) => string, ...((random: Random) => string)[]] = [
  (random) => `42${oddJson(random)}`,
  (random) => `42[${oddJson(random)},${oddJson(random)}]`,
  (random) => `42["${random.pick([...events, ...odderEvents])}",${oddJson(random)}]`,
  (random) => `42${random.integer(1e9)}${random.integer(1e9)}["subscribe",${oddJson(random)}]`,
  (random) => `42/${oddText(random)},["subscribe",${oddJson(random)}]`,
  (random) => `43${random.integer(100)}[${oddJson(random)}]`,
  (random) => `44${oddJson(random)}`,
  (random) => `45${random.pick([0, 1, 2, -1, 1e9, "x", ""])}-["subscribe",{"_placeholder":true,"num":0}]`,
  (random) => `46${random.integer(9)}-${random.integer(9)}[{"_placeholder":true,"num":-1}]`,
  (random) => `40${oddJson(random)}`,
  (random) => `40/${oddText(random)},${oddJson(random)}`,
  () => "41",
  () => "41/admin,",
  (random) => `4${random.integer(100)}`,
  (random) => `b${oddText(random)}`,
  (random) => `${random.integer(10)}${oddText(random)}`,
  (random) => oddText(random),
  (random) => mutate(random, Buffer.from(good)).toString(),
];

/** Packets of Engine.IO and Socket.IO that are none; some with the attachments that they lack, some with others. */
export const packet: Generator = (random, tokens) => {
  const chunks = Array.from({ length: 1 + random.integer(3) }, () =>
    encodeFrame(random.pick(packets)(random)),
  );
  if (random.chance(0.2)) chunks.push(encodeFrame(randomBytes(random, 20), { opcode: opcodes.binary }));
  const isConnected = random.chance(0.6);
  // Who connects many times in one breath is not asked once for each.
  if (!isConnected && random.chance(0.3)) {
    const token = random.chance(0.5) ? tokens.good : oddToken(random, tokens);
    const connect = encodeFrame(`40${JSON.stringify({ token })}`);
    chunks.unshift(...Array.from({ length: 1 + random.integer(20) }, () => connect));
  }
  return { prelude: isConnected ? "connected" : "upgraded", chunks, ending: random.pick(["end", "reset"]) };
};

/** Messages of the protocol whose content is malformed; each has to be answered. */
export const payload: Generator = (random, tokens) => {
  const name = random.pick(["subscribe", "unsubscribe", "authenticate"]);
  const text = () => JSON.stringify(oddText(random));
  const contents: readonly [() => string, ...(() => string)[]] = [
    () => oddJson(random),
    () => `{"rooms":${oddJson(random)}}`,
    () => `{"rooms":[${text()},${text()}]}`,
    () => `{"rooms":["campus:north"],"since":${oddJson(random)}}`,
    () => `{"rooms":["campus:north"],"since":${text()}}`,
    () => `{"rooms":["campus:north"],${text()}:${text()}}`,
    () => `{"token":${oddJson(random)}}`,
    () => `{"token":${JSON.stringify(oddToken(random, tokens))}}`,
  ];
  const message = `420["${name}",${random.pick(contents)()}]`;
  return { prelude: "connected", chunks: inPieces(random, encodeFrame(message)), ending: "answer" };
};
