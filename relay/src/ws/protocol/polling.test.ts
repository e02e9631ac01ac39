/** Engine.IO's long polling, and its upgrade to a WebSocket. */
import { expect, it } from "vitest";
import type { Client } from "./client.ts";
import { describeFronts, payloadOf } from "./fronts.ts";
import { Poller } from "./polling.ts";

const leave = '["unsubscribe",{"rooms":["campus:north"]}]';
const left = '[{"ok":true,"rooms":[]}]';
const unknownSession = { code: 1, message: "Session ID unknown" };

describeFronts("polling", (setting) => {
  const join = async () => {
    const poller = await Poller.open(setting.url);
    expect(await poller.send(setting.connect)).toBe("200 ok");
    expect(await poller.poll()).toEqual([expect.stringMatching(/^40\{"sid"/)]);
    return poller;
  };
  const expectOver = async (poller: Poller) => {
    const answer = await poller.ask();
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual(unknownSession);
  };

  it("takes and gives several packets at a time, in order", async () => {
    const poller = await join();
    expect(await poller.send(`421${leave}`, `422${leave}`, `423${leave}`)).toBe("200 ok");
    const answers: string[] = [];
    while (answers.length < 3) answers.push(...(await poller.poll()));
    expect(answers).toEqual([`431${left}`, `432${left}`, `433${left}`]);
  });

  it("answers a poll once there is something, with all of it", async () => {
    const poller = await join();
    await poller.send(`421["subscribe",{"rooms":["${setting.room}"]}]`);
    const polled: string[] = [];
    while (polled.length < 3) polled.push(...(await poller.poll()));
    expect(polled[0]).toMatch(/^431\[\{"ok":true/);
    const [position, packets] = await Promise.all([setting.publish(), poller.poll()]);
    expect(packets.join()).toContain(position);
  });

  it("takes attachments as base64", async () => {
    const poller = await join();
    await poller.send(`451-7${leave}`, `b${Buffer.from([1, 2, 3]).toString("base64")}`);
    expect(await poller.poll()).toEqual([`437${left}`]);
  });

  it("ends by a close packet, which a waiting poll is told of", async () => {
    const poller = await join();
    const [packets] = await Promise.all([poller.poll(), poller.send("1")]);
    expect(packets).toEqual(["6"]);
    await expectOver(poller);
  });

  it.each(["abc", "7", ""])("ends by %j, which is no packet", async (packet) => {
    const poller = await join();
    await poller.send(packet);
    await expectOver(poller);
  });

  it("ends by a packet that is none of Socket.IO's, and says why", async () => {
    const poller = await join();
    await poller.send("42{}");
    const polled: string[] = [];
    while (!polled.includes("1")) polled.push(...(await poller.poll()));
    const [told, ...rest] = polled;
    expect(payloadOf(told ?? "")).toMatchObject(["session:closed", { reason: "message-invalid" }]);
    expect(rest.filter((packet) => packet !== "6")).toEqual(["41", "1"]);
    await expectOver(poller);
  });

  it("ends by a second poll beside the first", async () => {
    const poller = await join();
    const answers = await Promise.all([poller.ask(), poller.ask()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    await expectOver(poller);
  });

  it("refuses a payload that is larger than a message may be", async () => {
    const poller = await join();
    const answer = await poller.send(`40/${"x".repeat(65_536)}`).catch(() => "413");
    expect(answer).toBe("413");
  });
});

describeFronts("an upgrade from polling", (setting) => {
  const probed = async (poller: Poller): Promise<Client> => {
    const client = await setting.dial({ query: poller.query.replace("polling", "websocket") });
    client.send("2probe");
    expect(await client.next()).toBe("3probe");
    return client;
  };
  const upgraded = async (poller: Poller): Promise<Client> => {
    const client = await probed(poller);
    expect(await poller.poll()).toEqual(["6"]);
    client.send("5");
    return client;
  };

  it("goes on over the WebSocket, with what was subscribed before", async () => {
    const poller = await Poller.open(setting.url);
    await poller.send(setting.connect);
    await poller.poll();
    await poller.send(`421["subscribe",{"rooms":["${setting.room}"]}]`);
    const polled: string[] = [];
    while (polled.length < 3) polled.push(...(await poller.poll()));
    const client = await upgraded(poller);
    const position = await setting.publish();
    expect(await client.next()).toContain(position);
    client.send(`422${leave}`);
    expect(await client.next()).toMatch(/^432\[\{"ok":true/);
  });

  it("may come before anybody is connected", async () => {
    const client = await upgraded(await Poller.open(setting.url));
    client.send(setting.connect);
    expect(await client.next()).toMatch(/^40\{"sid"/);
    expect(await client.probe()).toEqual([]);
  });

  it("leaves nothing for polls, and nothing for another WebSocket", async () => {
    const poller = await Poller.open(setting.url);
    const client = await upgraded(poller);
    expect(await client.probe()).toEqual([]);
    expect((await poller.ask()).status).toBe(400);
    const second = await setting.dial({ query: poller.query.replace("polling", "websocket") });
    expect((await second.ended).code).toBe(1005);
    expect(second.frames).toEqual([]);
    expect(await client.probe()).toEqual([]);
  });

  it("that is not completed leaves the polls as they were", async () => {
    const poller = await Poller.open(setting.url);
    const client = await probed(poller);
    client.send("4hello");
    await client.ended;
    const polls: string[] = [];
    await poller.send(setting.connect);
    while (!polls.some((packet) => packet.startsWith("40"))) polls.push(...(await poller.poll()));
    expect(polls.filter((packet) => packet !== "6")).toHaveLength(1);
  });
});
