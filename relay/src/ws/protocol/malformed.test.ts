/** What is no packet ends the connection, and nobody else's. */
import { expect, it } from "vitest";
import type { Frame } from "./client.ts";
import { describeFronts, payloadOf } from "./fronts.ts";

const bytes = Buffer.from([1, 2, 3]);
const attached = (num: unknown) => `451-["subscribe",{"rooms":[{"_placeholder":true,"num":${num}}]}]`;

const noPackets: readonly (readonly [string, readonly Frame[]])[] = [
  ["a message without a packet", ["4"]],
  ["an unknown type", ["47"]],
  ["no type", ["4abc"]],
  ["an event that is no list", ["42{}"]],
  ["an event that is text", ['42"subscribe"']],
  ["an event that is null", ["42null"]],
  ["an event without a name", ["42[]"]],
  ["an event whose name is an object", ["42[{}]"]],
  ["an event whose name is null", ["42[null]"]],
  ["an event that breaks off", ['42["subscribe",{']],
  ["an event with something behind it", ['42["subscribe",{}]x']],
  ["an id that is no number", ['42abc["subscribe",{}]']],
  ["an id with a fraction", ['421.5["subscribe",{}]']],
  ["a negative id", ['42-1["subscribe",{}]']],
  ...["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].map(
    (name) => [`an event by the name of Socket.IO's ${name}`, [`421["${name}",{}]`]] as const,
  ),
  ["an answer that is no list", ["431{}"]],
  ["a leave with a payload", ["41{}"]],
  ["a connect with a list", ["40[]"]],
  ["a refusal that is a list", ["44[]"]],
  ["a binary event without a count", ['45["subscribe",{}]', bytes]],
  ["a binary event with no number for a count", ['45x-["subscribe",{}]', bytes]],
  ["a binary event with an empty count", ['45-["subscribe",{}]', bytes]],
  ["a binary event that has no attachments", ['450-["subscribe",{}]']],
  ["a binary event with a negative count", ['45-1-["subscribe",{}]', bytes]],
  ["a binary event with half an attachment", ['450.5-["subscribe",{}]', bytes]],
  ["a binary event with an attachment too many", ['4511-["subscribe",{}]', bytes]],
  ["a binary event with no end of attachments", ['4599999999999999-["subscribe",{}]', bytes]],
  ["a placeholder of an attachment that does not come", [attached(1), bytes]],
  ["a placeholder with a negative number", [attached(-1), bytes]],
  ["a placeholder whose number is text", [attached('"0"'), bytes]],
  ["a placeholder without a number", [attached(null), bytes]],
  ["a binary message that nothing announced", [bytes]],
  ["an empty binary message", [Buffer.alloc(0)]],
  ["a text packet among the attachments", [attached(0), '421["unsubscribe",{"rooms":[]}]', bytes]],
  ["a binary event among the attachments", [attached(0), attached(0), bytes, bytes]],
];

describeFronts("what is no Socket.IO packet", (setting) => {
  it.each(noPackets)("(%s) ends the connection of a member, who is told why", async (_, frames) => {
    const client = await setting.join();
    client.send(...frames);
    expect(await client.ended).toEqual({ code: 1005, reason: "" });
    const [told, ...rest] = client.frames;
    expect(payloadOf(told ?? "")).toEqual([
      "session:closed",
      { reason: "message-invalid", retry: "never", retryAfterMs: 0 },
    ]);
    expect(rest).toEqual(["41"]);
  });

  it.each(noPackets)("(%s) ends the line over which nobody is connected", async (_, frames) => {
    const client = await setting.open();
    client.send(...frames);
    expect(await client.ended).toEqual({ code: 1005, reason: "" });
    expect(client.frames).toEqual([]);
  });

  it("is not followed by anything: what was sent behind it is not acted on", async () => {
    const client = await setting.join();
    client.send("42{}", '421["unsubscribe",{"rooms":["campus:north"]}]');
    await client.ended;
    expect(client.frames.map(String).filter((frame) => frame.startsWith("43"))).toEqual([]);
  });
});

describeFronts("what is no Engine.IO packet", (setting) => {
  it.each([
    ["nothing", ""],
    ["an unknown type", "7"],
    ["no type", "abc"],
    ["a ping, which only the relay sends", "2"],
    ["a probe, where nothing can be upgraded", "2probe"],
  ])("(%s) ends the connection, connected or not", async (_, frame) => {
    const [line, member] = [await setting.open(), await setting.join()];
    for (const client of [line, member]) client.send(frame);
    expect(await line.ended).toEqual({ code: 1005, reason: "" });
    expect(line.frames).toEqual([]);
    expect(await member.ended).toEqual({ code: 1005, reason: "" });
  });
});

describeFronts("an Engine.IO packet that means nothing here", (setting) => {
  it.each([
    ["an open", '0{"sid":"x"}'],
    ["an answer to no heartbeat", "3"],
    ["an answer to no probe", "3probe"],
    ["an upgrade", "5"],
    ["a noop", "6"],
    ["a noop with data", "6x"],
  ])("(%s) is ignored", async (_, frame) => {
    const client = await setting.join();
    client.send(frame, frame);
    expect(await client.probe()).toEqual([]);
  });
});

describeFronts("an event without a list", (setting) => {
  it.each(["42", "421", "42/,1"])("(%s) is ignored, as one without a name", async (frame) => {
    const client = await setting.join();
    client.send(frame);
    expect(await client.probe()).toEqual([]);
  });
});
