/** A real Socket.IO server and client: what is written past Socket.IO stays in order with what it writes itself. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type Socket as ServerSocket } from "socket.io";
import { io as connect } from "socket.io-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { silent } from "../../test/services.ts";
import { createDispatch } from "../dispatch/dispatch.ts";
import { noMetrics } from "../metrics/metrics.ts";
import { SocketSubscriber } from "./subscriber.ts";

const room = "org/org:org";

type Way = "websocket" | "polling" | "upgrade";

const transports: Readonly<Record<Way, string[]>> = {
  websocket: ["websocket"],
  polling: ["polling"],
  upgrade: ["polling", "websocket"],
};

/** A socket's server side, as a subscriber, and what its client has received. */
async function subscriberUnderTest(way: Way) {
  const http = createServer();
  const io = new Server(http);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const connecting = new Promise<ServerSocket>((resolve) => io.once("connection", resolve));
  const client = connect(`http://127.0.0.1:${port}`, { transports: transports[way], forceNew: true });
  const received: unknown[] = [];
  client.onAny((_name, data: unknown) => received.push(data));
  onTestFinished(async () => {
    client.close();
    await io.close();
  });
  const socket = await connecting;
  const account = { sent: () => {}, close: () => {}, settle: () => {} };
  const dispatch = createDispatch(silent);
  const subscriber: SocketSubscriber = new SocketSubscriber(socket, {
    account,
    metrics: noMetrics,
    onForeign: () => dispatch.flush(subscriber),
    onOverflow: () => {},
  });
  dispatch.join(subscriber, [room]);
  return { socket, subscriber, dispatch, received };
}

const messageOf = (data: unknown) => ({ name: "event", data });

describe.each(["websocket", "polling", "upgrade"] as const)("over %s", (way) => {
  it("nothing overtakes anything, whoever writes it and whether it was flushed or not", async () => {
    const { socket, subscriber, dispatch, received } = await subscriberUnderTest(way);
    const expected = Array.from({ length: 400 }, (_, count) => count);
    for (const count of expected) {
      // Of each four: two that wait for a sweep, one of Socket.IO's own, one that was asked for.
      if (count % 4 < 2) dispatch.send(messageOf(count), [room]);
      else if (count % 4 === 2) socket.emit("event", count);
      else dispatch.sendTo(subscriber, messageOf(count));
      if (count % 40 === 0) await new Promise(setImmediate);
    }
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(expected.length);
    expect(received).toEqual(expected);
  });

  it("nothing that was posted before its end is lost, and nothing comes after it", async () => {
    const { subscriber, dispatch, received } = await subscriberUnderTest(way);
    for (let count = 0; count < 3; count++) dispatch.send(messageOf(count), [room]);
    dispatch.sendTo(subscriber, messageOf(3));
    subscriber.close("rotation");
    dispatch.send(messageOf(4), [room]);
    dispatch.sendTo(subscriber, messageOf(5));
    await expect.poll(() => received).toEqual([0, 1, 2, 3]);
  });
});

it("text of any length and script arrives as it was", async () => {
  const { subscriber, dispatch, received } = await subscriberUnderTest("websocket");
  // The length of a frame is written in one of three ways.
  const lengths = [0, 1, 60, 100, 125, 126, 200, 65_000, 65_535, 65_536, 300_000];
  const texts = lengths.flatMap((length) => ["x".repeat(length), "日".repeat(length / 3)]);
  for (const data of texts) dispatch.sendTo(subscriber, messageOf(data));
  await expect.poll(() => received.length).toBe(texts.length);
  expect(received).toEqual(texts);
});
