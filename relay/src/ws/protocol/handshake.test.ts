/** How a line begins: Engine.IO's handshake, and what is refused. */
import { socketPath } from "@faultline/contract";
import { expect, it } from "vitest";
import { handshake } from "../../../test/handshake.ts";
import { Client } from "./client.ts";
import { describeFronts, payloadOf } from "./fronts.ts";

const opening = {
  sid: expect.stringMatching(/^[\w-]{16,}$/),
  pingInterval: 7_000,
  pingTimeout: 7_000,
  maxPayload: 65_536,
};

/** Socket.IO's own errors. */
const errors = {
  unknownTransport: { code: 0, message: "Transport unknown" },
  unknownSession: { code: 1, message: "Session ID unknown" },
  method: { code: 2, message: "Bad handshake method" },
  request: { code: 3, message: "Bad request" },
  version: { code: 5, message: "Unsupported protocol version" },
};

describeFronts(
  "a handshake",
  (setting) => {
    const ask = (query: string, init?: RequestInit) => fetch(`${setting.url}${socketPath}/?${query}`, init);

    it("by WebSocket is answered with what the line is like, and nothing else", async () => {
      const client = await setting.dial();
      const frame = await client.next();
      expect(frame).toMatch(/^0\{/);
      const answer = payloadOf(frame) as object;
      expect(answer).toEqual({ ...opening, upgrades: [] });
      expect(Object.keys(answer)).toEqual(["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
      expect(await client.probe()).toEqual([]);
    });

    it("by WebSocket agrees on no compression, though it was offered", async () => {
      const client = await setting.dial();
      expect(client.webSocket.extensions).toBe("");
    });

    it("by polling is answered with the same, and that it can become a WebSocket", async () => {
      const answer = await ask("EIO=4&transport=polling");
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
      const frame = await answer.text();
      expect(frame).toMatch(/^0\{/);
      expect(payloadOf(frame)).toEqual({ ...opening, upgrades: ["websocket"] });
    });

    it("gives every line an id of its own", async () => {
      const clients = [await setting.dial(), await setting.dial(), await setting.dial()];
      const ids = await Promise.all(clients.map(async (client) => payloadOf(await client.next())));
      expect(new Set(ids.map((id) => JSON.stringify(id))).size).toBe(3);
    });

    it("may have an empty session id, and more than is known in its query", async () => {
      const query = "EIO=4&transport=websocket&sid=&t=abc&other=%F0%9F%8F%A2";
      const client = await setting.open({ query });
      expect(await client.probe()).toEqual([]);
    });

    it.each([
      ["without a version", "transport=polling", "GET", errors.version],
      ["of version 3", "EIO=3&transport=polling", "GET", errors.version],
      ["of no version", "EIO=abc&transport=polling", "GET", errors.version],
      ["without a transport", "EIO=4", "GET", errors.unknownTransport],
      ["by no transport", "EIO=4&transport=abc", "GET", errors.unknownTransport],
      ["by an object's property", "EIO=4&transport=constructor", "GET", errors.unknownTransport],
      ["by WebSocket that is none", "EIO=4&transport=websocket", "GET", errors.request],
      ["by POST", "EIO=4&transport=polling", "POST", errors.method],
      ["by PUT", "EIO=4&transport=polling", "PUT", errors.method],
      ["by POST for a WebSocket", "EIO=4&transport=websocket", "POST", errors.method],
      ["of an unknown session", "EIO=4&transport=polling&sid=abc", "GET", errors.unknownSession],
      ["of an object's property", "EIO=4&transport=polling&sid=__proto__", "GET", errors.unknownSession],
    ])("%s (%s) is refused over HTTP", async (_, query, method, error) => {
      const answer = await ask(query, { method });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual(error);
    });

    it.each([
      ["without a transport", "EIO=4", errors.unknownTransport],
      ["by no transport", "EIO=4&transport=abc", errors.unknownTransport],
      ["of an unknown session", "EIO=4&transport=websocket&sid=abc", errors.unknownSession],
      ["of an object's property", "EIO=4&transport=websocket&sid=__proto__", errors.unknownSession],
    ])("%s (%s) is refused as an upgrade", async (_, query, { message }) => {
      const { status, body } = await handshake(setting.url, "websocket", {}, query);
      expect({ status, body }).toEqual({ status: 400, body: message });
    });

    // Stock grants the upgrade before it looks at the version, and then writes an HTTP answer into the WebSocket.
    it.each(["transport=websocket", "EIO=3&transport=websocket", "EIO=abc&transport=websocket"])(
      "by WebSocket with the query %s never opens",
      async (query) => {
        const client = new Client(setting.url, { query });
        await client.ended;
        expect(client.frames).toEqual([]);
      },
    );

    it.each(["12", "14", "x", ""])("of WebSocket version %j is refused", async (version) => {
      const { status } = await handshake(setting.url, "websocket", { "sec-websocket-version": version });
      expect(status).toBe(400);
    });

    it.each(["", "short", "dGhlIHNhbXBsZSBub25jZQ"])("with the WebSocket key %j is refused", async (key) => {
      const { status } = await handshake(setting.url, "websocket", { "sec-websocket-key": key });
      expect(status).toBe(400);
    });
  },
  { life: { pingMs: 7_000 } },
);

describeFronts("a WebSocket with the session id of another", (setting) => {
  const openSecond = async () => {
    const first = await setting.dial();
    const { sid } = payloadOf(await first.next()) as { readonly sid: string };
    first.send(setting.connect);
    await first.next();
    return { first, second: new Client(setting.url, { query: `EIO=4&transport=websocket&sid=${sid}` }) };
  };

  // Stock lets it try to take the line over, though nothing could be upgraded; it is not to be relied on.
  it("hears nothing of it and can't speak for it, and the other goes on", async () => {
    const { first, second } = await openSecond();
    await second.opened().then(
      () => second.send('421["unsubscribe",{"rooms":["campus:north"]}]'),
      () => {},
    );
    await second.ended;
    expect(second.frames).toEqual([]);
    expect(await first.probe()).toEqual([]);
    first.send('422["unsubscribe",{"rooms":["campus:north"]}]');
    expect(await first.next()).toBe('432[{"ok":true,"rooms":[]}]');
  });
});
