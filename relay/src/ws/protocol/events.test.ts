/** What is said over a connection: Socket.IO's EVENT and ACK. */
import { expect, it } from "vitest";
import { describeFronts, payloadOf } from "./fronts.ts";

const leave = '["unsubscribe",{"rooms":["campus:north"]}]';
const left = '[{"ok":true,"rooms":[]}]';

describeFronts("an event", (setting) => {
  it.each(["0", "1", "789", "2147483648", String(Number.MAX_SAFE_INTEGER)])(
    "with the id %s is answered by it",
    async (id) => {
      const client = await setting.join();
      client.send(`42${id}${leave}`);
      expect(await client.next()).toBe(`43${id}${left}`);
    },
  );

  it("without an id is acted on and not answered", async () => {
    const client = await setting.join();
    client.send(`42["subscribe",{"rooms":["${setting.room}"]}]`, `421${leave}`);
    const answer = `431[{"ok":true,"rooms":["${setting.room}"]}]`;
    const before: unknown[] = [];
    for (let frame = await client.next(); frame !== answer; frame = await client.next()) before.push(frame);
    expect(before.filter((frame) => String(frame).startsWith("43"))).toEqual([]);
    const position = await setting.publish();
    const seen = await client.probe();
    expect(seen.filter((frame) => frame.includes(position))).toHaveLength(1);
  });

  it("in the main namespace by its name is the same as without", async () => {
    const client = await setting.join();
    client.send(`42/,7${leave}`);
    expect(await client.next()).toBe(`437${left}`);
  });

  it("after event is answered in the order in which they came", async () => {
    const client = await setting.join();
    const ids = Array.from({ length: 40 }, (_, at) => 1_000 - at);
    const room = (id: number) => (id % 2 ? `["subscribe",{"rooms":["building:library"]}]` : leave);
    client.send(...ids.map((id) => `42${id}${room(id)}`));
    const answers: number[] = [];
    while (answers.length < ids.length) {
      const [, id] = /^43(\d+)\[\{"ok":true/.exec(String(await client.next())) ?? [];
      if (id) answers.push(Number(id));
    }
    expect(answers).toEqual(ids);
  });

  it("is answered before what it leads to", async () => {
    const client = await setting.join();
    client.send(`421["subscribe",{"rooms":["${setting.room}"]}]`);
    expect(await client.next()).toMatch(/^431\[\{"ok":true/);
    const state = await client.take(2);
    expect(state.map((frame) => String(frame).slice(0, 8)).sort()).toEqual(['42["heat', '42["stat']);
  });

  it.each([
    "nobody knows this",
    "error",
    "connection",
    "message",
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "session:closed",
    "",
  ])("named %j is ignored, also when it asks for an answer", async (name) => {
    const client = await setting.join();
    client.send(`421[${JSON.stringify(name)},{"a":1}]`, `42[${JSON.stringify(name)}]`);
    expect(await client.probe()).toEqual([]);
    client.send(`422${leave}`);
    expect(await client.next()).toBe(`432${left}`);
  });

  it("whose name is a number is ignored", async () => {
    const client = await setting.join();
    client.send('421[1,"a"]', "42[0.5]");
    expect(await client.probe()).toEqual([]);
  });

  it("with more arguments than one is answered as if there was one", async () => {
    const client = await setting.join();
    client.send('425["unsubscribe",{"rooms":["campus:north"]},null,[1],{"a":{}}]');
    expect(await client.next()).toBe(`435${left}`);
  });

  it.each(["", ",null", ",[]", ',"rooms"', ",7"])("with %j for its argument is refused", async (rest) => {
    const client = await setting.join();
    client.send(`426["unsubscribe"${rest}]`);
    expect(payloadOf(await client.next())).toMatchObject([
      { ok: false, error: { reason: "body-invalid", status: 400, field: "body" } },
    ]);
  });

  it("with text beyond the Basic Multilingual Plane is understood", async () => {
    const client = await setting.join();
    client.send('427["unsubscribe",{"rooms":["campus:north"],"🏢𝔘":1}]');
    expect(payloadOf(await client.next())).toMatchObject([{ ok: false, error: { field: "🏢𝔘" } }]);
  });

  it("with spaces and line breaks in its JSON is understood", async () => {
    const client = await setting.join();
    client.send('428[ "unsubscribe" ,\r\n\t{ "rooms" : [ "campus:north" ] } ]\n');
    expect(await client.next()).toBe(`438${left}`);
  });
});

describeFronts("an answer that nobody asked for", (setting) => {
  it.each(["431[]", "43[]", '430["x",{}]', "431"])("such as %s is ignored", async (packet) => {
    const client = await setting.join();
    client.send(packet);
    expect(await client.probe()).toEqual([]);
    client.send(`421${leave}`);
    expect(await client.next()).toBe(`431${left}`);
  });
});
