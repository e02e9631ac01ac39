/** Packets whose JSON has placeholders for the binary messages that follow: nothing of the relay's takes any. */
import { expect, it } from "vitest";
import { describeFronts, payloadOf } from "./fronts.ts";

const placeholder = (num: unknown) => JSON.stringify({ _placeholder: true, num });
const bytes = Buffer.from([1, 2, 3]);
const leave = '["unsubscribe",{"rooms":["campus:north"]}]';

describeFronts("a binary event", (setting) => {
  it("is answered like any malformed one, once its last attachment has come", async () => {
    const client = await setting.join();
    client.send(`452-7["subscribe",${placeholder(0)},${placeholder(1)}]`, bytes);
    await client.settled();
    expect(client.frames).toEqual([]);
    client.send(bytes);
    const frame = await client.next();
    expect(frame).toMatch(/^437\[/);
    expect(payloadOf(frame)).toMatchObject([{ ok: false, error: { reason: "body-invalid" } }]);
  });

  it("names the field that must not be binary", async () => {
    const client = await setting.join();
    client.send(`451-8["subscribe",{"rooms":["campus:north",${placeholder(0)}]}]`, bytes);
    expect(payloadOf(await client.next())).toMatchObject([{ error: { field: "rooms.1" } }]);
  });

  it("that is not sent to be answered, or that nobody knows, is ignored", async () => {
    const client = await setting.join();
    client.send(`451-["subscribe",${placeholder(0)}]`, bytes);
    client.send(`451-1["nobody knows this",${placeholder(0)}]`, bytes);
    expect(await client.probe()).toEqual([]);
  });

  it("whose attachments nothing refers to is taken for what its JSON says", async () => {
    const client = await setting.join();
    client.send(`452-9${leave}`, bytes, Buffer.alloc(0));
    expect(await client.next()).toBe('439[{"ok":true,"rooms":[]}]');
  });

  it("may have ten attachments", async () => {
    const client = await setting.join();
    client.send(`4510-9${leave}`, ...Array.from({ length: 10 }, () => bytes));
    expect(await client.next()).toBe('439[{"ok":true,"rooms":[]}]');
  });

  it("may be cut by a heartbeat's answer", async () => {
    const client = await setting.join();
    client.send(`451-9${leave}`, "3", bytes);
    expect(await client.next()).toBe('439[{"ok":true,"rooms":[]}]');
  });

  it("ends the line over which nobody is connected", async () => {
    const client = await setting.open();
    client.send(`451-["subscribe",${placeholder(0)}]`, bytes);
    expect(await client.ended).toEqual({ code: 1005, reason: "" });
    expect(client.frames).toEqual([]);
  });
});

describeFronts("a binary answer", (setting) => {
  it("that nobody asked for is ignored", async () => {
    const client = await setting.join();
    client.send(`461-1[${placeholder(0)}]`, bytes);
    expect(await client.probe()).toEqual([]);
  });
});
