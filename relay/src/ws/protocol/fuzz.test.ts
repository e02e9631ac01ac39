/** Whatever a client sends, the relay goes on, and all fronts deal with it alike. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { useFirestore } from "../../../test/services.ts";
import { fronts } from "../ws.ts";
import type { Client, Frame } from "./client.ts";
import { Setting } from "./fronts.ts";

/** What a line goes on after, when somebody is connected; each front has its own token and room in place of these words. */
const harmless: readonly (readonly Frame[])[] = [
  ['421["subscribe",{"rooms":["ROOM"]}]'],
  ['42/,2["unsubscribe",{"rooms":["ROOM"]}]'],
  ['423["authenticate",{"token":"TOKEN"}]'],
  ['42["nobody knows this",{"a":[1,"b"]}]'],
  ["431[{}]"],
  ['40/x,{"token":"x"}'],
  ['451-4["subscribe",{"_placeholder":true,"num":0}]', Buffer.of(1)],
  ['461-6[{"_placeholder":true,"num":0}]', Buffer.of(2)],
  ["41", '40{"token":"x"}', '40{"token":"TOKEN"}'],
  ['0{"sid":"x"}'],
  ["3"],
  ["5"],
  ["6"],
];
const packets = [
  ...harmless.flat().filter((frame) => typeof frame === "string"),
  "41/x,",
  '44{"message":"x"}',
  '452-5["unsubscribe",{"rooms":[{"_placeholder":true,"num":1}]},{"_placeholder":true,"num":0}]',
  "2",
  "2probe",
];

const character = fc.constantFrom(...'0123456789-/,:[]{}".+_ abcdefgxyzABCXYZéß', "\n", "\0", "\x1e", "🏢");
const packet = fc.constantFrom(...packets);
const mutated = fc
  .tuple(packet, fc.nat(), fc.nat({ max: 2 }), fc.string({ unit: character, maxLength: 2 }))
  .map(([text, place, cut, put]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + cut);
  });
const spliced = fc.tuple(packet, packet, fc.nat(), fc.nat()).map(([text, other, end, begin]) => {
  return text.slice(0, end % (text.length + 1)) + other.slice(begin % (other.length + 1));
});
const text = fc.oneof(
  { weight: 2, arbitrary: packet },
  { weight: 8, arbitrary: mutated },
  { weight: 2, arbitrary: spliced },
  { weight: 1, arbitrary: fc.string({ unit: character, maxLength: 12 }) },
);
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  text.map((text) => Buffer.from(text)),
);

const anything = fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: binary });

/** Most of what is malformed ends the line: there is little of it, and something before and after it. */
const sequence = fc
  .tuple(
    fc.array(fc.constantFrom(...harmless), { maxLength: 3 }),
    fc.array(anything, { minLength: 1, maxLength: 2 }),
    fc.array(fc.constantFrom(...harmless), { maxLength: 1 }),
  )
  .map(([before, some, after]) => [...before.flat(), ...some, ...after.flat()]);
const isMember = fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false));

const firestore = useFirestore();
const settings = fronts.map((front) => new Setting(front));
beforeAll(() => Promise.all(settings.map((setting) => setting.start(firestore))));
afterAll(() => Promise.all(settings.map((setting) => setting.stop())));

it("whatever is sent, the relay goes on; and a line goes on or ends whoever speaks the protocol", async () => {
  await fc.assert(
    fc.asyncProperty(isMember, sequence, async (isMember, frames) => {
      const [fate, ...others] = await Promise.all(
        settings.map((setting) => fateOf(setting, isMember, frames)),
      );
      for (const other of others) expect(other).toBe(fate);
    }),
    { numRuns: 400 },
  );
  for (const setting of settings) await setting.publish();
});

/** What becomes of a line over which this is sent, frame after frame. */
async function fateOf(setting: Setting, isMember: boolean, frames: readonly Frame[]): Promise<string> {
  const client = isMember ? await setting.join() : await setting.open();
  const seen: string[] = [];
  client.webSocket.on("message", (data) => seen.push(data.toString()));
  for (const frame of frames) {
    client.send(typeof frame === "string" ? setting.fill(frame) : frame);
    await client.settled();
    if (isConnect(frame)) await answered(client);
  }
  const fate = await client.probe().then(
    () => "goes on",
    () => "ends",
  );
  client.webSocket.terminate();
  await client.ended;
  expect(seen.filter((frame) => frame.includes('"internal"'))).toEqual([]);
  return fate;
}

/** Socket.IO takes white space for a 0. */
const isConnect = (frame: Frame) => typeof frame === "string" && /^4[0\s]/.test(frame);

/** What comes before the answer to CONNECT is dealt with in another way than what comes after it. */
async function answered(client: Client): Promise<void> {
  for (;;) {
    const frame = await client.next().catch(() => undefined);
    if (frame === undefined || /^4[04]/.test(String(frame))) return;
  }
}
