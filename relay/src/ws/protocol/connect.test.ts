/** Who is connected over a line: Socket.IO's CONNECT, CONNECT_ERROR and DISCONNECT. */
import { expect, it } from "vitest";
import { describeFronts, payloadOf } from "./fronts.ts";

const invalidNamespace = '{"message":"Invalid namespace"}';
const noCode = { code: 1005, reason: "" };

describeFronts("connecting", (setting) => {
  it("with a token is answered with an id, which is not the line's", async () => {
    const client = await setting.dial();
    const line = payloadOf(await client.next());
    client.send(setting.connect);
    const frame = await client.next();
    expect(frame).toMatch(/^40\{"sid":"[\w-]+"\}$/);
    expect(payloadOf(frame)).not.toMatchObject({ sid: (line as { sid: string }).sid });
  });

  it.each([
    ["nothing", "40", "token-missing"],
    ["no token", "40{}", "token-missing"],
    ["a token that is no text", '40{"token":{}}', "token-missing"],
    ["a token that is none", '40{"token":"x"}', "token-invalid"],
  ])("with %s is refused with the reason, and the line stays", async (_, packet, reason) => {
    const client = await setting.open();
    client.send(packet);
    const frame = await client.next();
    expect(frame).toMatch(/^44\{"message":/);
    const refusal = payloadOf(frame) as { readonly message: string; readonly data: object };
    expect(Object.keys(refusal)).toEqual(["message", "data"]);
    const { message } = refusal;
    expect(refusal.data).toEqual({
      code: "unauthenticated",
      status: 401,
      reason,
      message,
      field: "token",
      retry: false,
    });
    client.send(setting.connect);
    expect(await client.next()).toMatch(/^40\{"sid"/);
  });

  it.each([
    ["an unknown one", "/x"],
    ["one with a query", "/?token=x"],
    ["one beyond the Basic Multilingual Plane", "/🏢𝔘"],
  ])("to a namespace, %s, is refused by its name, and the line stays", async (_, namespace) => {
    const client = await setting.open();
    client.send(`40${namespace},{"token":"x"}`);
    expect(await client.next()).toBe(`44${namespace},${invalidNamespace}`);
    client.send(setting.connect);
    expect(await client.next()).toMatch(/^40\{"sid"/);
    client.send(`40${namespace}`);
    expect(await client.next()).toBe(`44${namespace},${invalidNamespace}`);
    await client.probe();
  });

  it("to the main namespace by its name is the same as without", async () => {
    const client = await setting.open();
    client.send(setting.connect.replace("40", "40/,"));
    expect(await client.next()).toMatch(/^40\{"sid"/);
  });

  it("a second time ends the line", async () => {
    const client = await setting.join();
    client.send(setting.connect);
    expect((await client.ended).code).toBe(1005);
    expect(client.frames).not.toContainEqual(expect.stringMatching(/^4[04]/));
  });

  it("twice in one breath ends the line, too", async () => {
    const client = await setting.open();
    client.send(setting.connect, setting.connect);
    expect(await client.ended).toEqual(noCode);
  });

  it.each(["40[]", '40"text"', "40null", "40{", "40/,[]", "40 x"])(
    "with %s ends the line",
    async (packet) => {
      const client = await setting.open();
      client.send(packet);
      expect(await client.ended).toEqual(noCode);
      expect(client.frames).toEqual([]);
    },
  );
});

describeFronts("a line over which nobody is connected", (setting) => {
  it.each([
    ["an event", '42["unsubscribe",{"rooms":["campus:north"]}]'],
    ["an event to be answered", '421["unsubscribe",{"rooms":["campus:north"]}]'],
    ["an event of another namespace", '42/x,["unsubscribe",{}]'],
    ["an answer", "431[]"],
    ["a leave", "41"],
    ["a refusal", '44{"message":"no"}'],
  ])("ends by %s", async (_, packet) => {
    const client = await setting.open();
    client.send(packet);
    expect(await client.ended).toEqual(noCode);
    expect(client.frames).toEqual([]);
  });

  it("ends by an event that comes before the answer to CONNECT", async () => {
    const client = await setting.open();
    client.send(setting.connect, '421["unsubscribe",{"rooms":["campus:north"]}]');
    expect(await client.ended).toEqual(noCode);
    expect(client.frames).toEqual([]);
  });
});

describeFronts("a line over which somebody is connected", (setting) => {
  it.each([
    ["a refusal, which only the relay sends", '44{"message":"no"}'],
    ["an event of another namespace", '42/x,["unsubscribe",{"rooms":["campus:north"]}]'],
    ["an answer of another namespace", "43/x,1[]"],
    ["leaving another namespace", "41/x,"],
  ])("ends by %s", async (_, packet) => {
    const client = await setting.join();
    client.send(packet, '421["unsubscribe",{"rooms":["campus:north"]}]');
    expect(await client.ended).toEqual(noCode);
    expect(client.frames.filter((frame) => frame.includes('"ok"'))).toEqual([]);
  });
});

describeFronts("leaving", (setting) => {
  it("ends what was subscribed; over the same line somebody can connect again", async () => {
    const client = await setting.join();
    client.send(`421["subscribe",{"rooms":["${setting.room}"]}]`);
    expect(await client.next()).toMatch(/^431\[\{"ok":true/);
    client.send("41");
    await client.settled();
    const position = await setting.publish();
    const seen = await client.probe();
    expect(seen.filter((frame) => frame.includes(position))).toEqual([]);
    client.send(setting.connect);
    expect(await client.next()).toMatch(/^40\{"sid"/);
    client.send(`421["subscribe",{"rooms":["campus:north"]}]`);
    expect(payloadOf(await client.next())).toMatchObject([{ ok: true, rooms: ["campus:north"] }]);
  });

  it("then sending on ends the line", async () => {
    const client = await setting.join();
    client.send("41");
    await client.settled();
    client.send('421["unsubscribe",{"rooms":["campus:north"]}]');
    expect(await client.ended).toEqual(noCode);
    expect(client.frames).toEqual([]);
  });
});

describeFronts(
  "whoever is not connected in time",
  (setting) => {
    it("is disconnected, whether refused, silent or one who has left, and whoever is connected stays", async () => {
      const member = await setting.join();
      const silent = await setting.open();
      const refused = await setting.open();
      refused.send("40");
      const gone = await setting.join();
      gone.send("41");
      expect(await silent.ended).toEqual(noCode);
      expect(silent.frames).toEqual([]);
      expect(await refused.ended).toEqual(noCode);
      expect(refused.frames).toEqual([expect.stringMatching(/^44\{/)]);
      expect(await gone.ended).toEqual(noCode);
      await member.probe();
    });
  },
  { connectTimeoutMs: 500 },
);
