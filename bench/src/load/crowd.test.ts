/** The load generator against servers that do wrong on purpose: what it does not see, no figure is worth. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { markOf } from "../event.ts";
import { Crowd, type Speech } from "./crowd.ts";

const clients = 3;
const mark = (number: number) => JSON.stringify({ title: markOf(number, process.hrtime.bigint()) });

/** Clients of a WebSocket server, and what sends a text to each of them. */
async function overWebSocket(framing: "websocket" | "socketio" = "websocket") {
  const server = new WebSocketServer({ port: 0 });
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const heard: string[] = [];
  server.on("connection", (socket: WebSocket) => {
    socket.on("message", (data) => heard.push(String(data)));
    if (framing === "socketio") socket.send('0{"sid":"one"}');
  });
  const { port } = server.address() as AddressInfo;
  const crowd = await start({ ports: [port], path: "/", framing });
  return {
    crowd,
    heard,
    sockets: () => [...server.clients],
    send: (text: string) => {
      for (const socket of server.clients) socket.send(text);
    },
  };
}

async function start(speech: Speech): Promise<Crowd> {
  const crowd = await Crowd.start(speech);
  onTestFinished(() => crowd.stop());
  return crowd;
}

describe("the load generator", () => {
  it("tells when everybody has an event, and that all is well", async () => {
    const { crowd, send } = await overWebSocket();
    expect(await crowd.open({ count: clients })).toMatchObject({ ready: clients, failed: 0 });
    await crowd.begin(7);
    for (const number of [7, 8]) {
      send(mark(number));
      await crowd.whenAllHave(number);
    }
    const report = await crowd.end(9);
    expect(report).toMatchObject({ deliveries: 2 * clients, missing: 0, lost: 0, repeated: 0, cut: 0 });
    expect(report.latency.count).toBe(2 * clients);
  });

  it.each([
    ["an event that is left out", [1, 3, 4], { lost: clients, repeated: 0, missing: 0 }],
    ["an event that comes twice", [1, 2, 2, 3, 4], { lost: 0, repeated: clients, missing: 0 }],
    ["events that change places", [1, 3, 2, 4], { lost: clients, repeated: clients, missing: 0 }],
    [
      "one event that is left out and one that never comes",
      [1, 2, 4],
      { lost: clients, repeated: 0, missing: clients },
    ],
  ])("sees %s", async (_what, numbers, faults) => {
    const { crowd, send } = await overWebSocket();
    await crowd.open({ count: clients });
    await crowd.begin(1);
    for (const number of numbers) send(mark(number));
    await crowd.whenAllHave(4);
    expect(await crowd.end(5 + faults.missing / clients)).toMatchObject(faults);
  });

  it("sees whom the server has ended, and goes on with the others", async () => {
    const { crowd, send, sockets } = await overWebSocket();
    await crowd.open({ count: clients });
    await crowd.begin(1);
    const [first] = sockets();
    first?.terminate();
    await expect.poll(async () => (await crowd.end(1)).cut).toBe(1);
    send(mark(1));
    await crowd.whenAllHave(1);
    expect(await crowd.end(2)).toMatchObject({ ready: clients - 1, deliveries: clients - 1 });
  });

  it("tells from when an event was due, not from when it was sent", async () => {
    const { crowd, send } = await overWebSocket();
    await crowd.open({ count: clients });
    await crowd.begin(1);
    send(JSON.stringify({ title: markOf(1, process.hrtime.bigint() - 5_000_000_000n) }));
    await crowd.whenAllHave(1);
    expect((await crowd.end(2)).latency.p50).toBeGreaterThan(4_800);
  });

  it("says what a server refused it with", async () => {
    const server = createServer((_request, response) => void response.writeHead(503, "Full").end());
    server.on("upgrade", (_request, socket) => {
      socket.on("error", () => {}); // it leaves by a reset
      socket.end("HTTP/1.1 503 Full\r\n\r\n");
    });
    onTestFinished(() => void server.close());
    await once(server.listen(0), "listening");
    const crowd = await start({
      ports: [(server.address() as AddressInfo).port],
      path: "/",
      framing: "websocket",
    });
    const { failed, refusal } = await crowd.open({ count: clients });
    expect(failed).toBe(clients);
    expect(refusal).toContain("503 Full");
  });

  it("speaks Socket.IO, and answers its heartbeat", async () => {
    const { crowd, heard, send } = await overWebSocket("socketio");
    const opening = crowd.open({ count: clients });
    await expect.poll(() => heard.filter((text) => text === "40").length).toBe(clients);
    send('40{"sid":"two"}');
    expect(await opening).toMatchObject({ ready: clients });
    send("2");
    await expect.poll(() => heard.filter((text) => text === "3").length).toBe(clients);
    await crowd.begin(1);
    send(`42["issue:created",${mark(1)}]`);
    await crowd.whenAllHave(1);
  });

  it("hears streams, wherever their bytes are cut", async () => {
    const responses: ServerResponse[] = [];
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      responses.push(response);
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server.listen(0), "listening");
    const crowd = await start({
      ports: [(server.address() as AddressInfo).port],
      path: "/",
      framing: "stream",
    });
    await crowd.open({ count: clients });
    await crowd.begin(1);
    const records = `id: 1-1\ndata: ${mark(1)}\n\nid: 1-2\ndata: ${mark(2)}\n\n`;
    for (const response of responses) {
      response.write(records.slice(0, 70));
      response.write(records.slice(70));
    }
    await crowd.whenAllHave(2);
    expect(await crowd.end(3)).toMatchObject({ deliveries: 2 * clients, lost: 0, repeated: 0, missing: 0 });
  });
});
