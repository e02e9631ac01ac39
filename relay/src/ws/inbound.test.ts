import type { Close } from "@faultline/contract";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { encodeFrame, FrameReader, opcodes } from "../../../e2e/wire/frames.ts";
import { dial, upgrade } from "../../../e2e/wire/upgrade.ts";
import { seed } from "../../test/fixtures.ts";
import { metricOf } from "../../test/metrics.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, type SocketClient } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
const token = unsignedToken({ organizationId });
let relay: RunningRelay;

beforeAll(async () => {
  await seed(firestore, organizationId);
  const inbound = {
    messages: { perSecond: 20, burst: 10 },
    bytes: { perSecond: 100_000, burst: 20_000 },
  };
  relay = await runRelay({ firestore, limits: { inbound } });
});
afterAll(() => relay.close());

async function open() {
  const client = await openSocket(relay.url, token);
  onTestFinished(client.close);
  const closed = new Promise<Close>((resolve) => client.socket.once("session:closed", resolve));
  const gone = new Promise<string>((resolve) => client.socket.once("disconnect", resolve));
  return { client, closed, gone };
}

const ends = (reason: string) =>
  metricOf(relay.url, "connections_closed_total", { transport: "socket", reason });

/** What messages that are sent at once are answered with. */
async function answersTo({ subscribe }: SocketClient, count: number, room = "building:library") {
  const answers = await Promise.all(Array.from({ length: count }, () => subscribe([room])));
  return answers.map((answer) => (answer.ok ? "ok" : answer.error));
}

describe("a socket that sends more messages than it may", () => {
  it("is answered when it may go on, and then served again", async () => {
    const { client } = await open();
    const answers = await answersTo(client, 15);
    const refusals = answers.flatMap((answer) => (answer === "ok" ? [] : [answer]));
    expect(answers.slice(0, 8)).toEqual(Array(8).fill("ok"));
    expect(refusals.length).toBeGreaterThan(2);
    for (const { reason, status, retryAfterMs } of refusals) {
      expect({ reason, status }).toEqual({ reason: "rate-limited", status: 429 });
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThan(1_000);
    }
    await expect.poll(() => answersTo(client, 1), { timeout: 5_000, interval: 300 }).toEqual(["ok"]);
  });

  it("is told why and closed when it sends on and on, whatever it sends", async () => {
    const { client, closed, gone } = await open();
    const before = await ends("rate-limited");
    for (let count = 0; count < 100; count++) client.socket.emit("nonsense", count);
    const { reason, retry, retryAfterMs } = await closed;
    expect({ reason, retry }).toEqual({ reason: "rate-limited", retry: "later" });
    expect(retryAfterMs).toBeGreaterThan(1_000);
    await gone;
    await expect.poll(() => ends("rate-limited")).toBe(before + 1);
  });

  it("costs no other socket anything", async () => {
    const [flooding, other] = [await open(), await open()];
    for (let count = 0; count < 100; count++) flooding.client.socket.emit("nonsense", count);
    expect(await answersTo(other.client, 5)).toEqual(Array(5).fill("ok"));
    await flooding.gone;
  });
});

describe("a socket that sends more bytes than it may", () => {
  it("is answered when it may go on", async () => {
    const { client } = await open();
    const answers = await answersTo(client, 3, "x".repeat(10_000));
    expect(answers).toContainEqual(expect.objectContaining({ reason: "rate-limited" }));
  });

  it("is closed when it sends on and on", async () => {
    const { client, closed } = await open();
    for (let count = 0; count < 5; count++) client.socket.emit("nonsense", "x".repeat(20_000));
    expect(await closed).toMatchObject({ reason: "rate-limited" });
  });
});

describe("what is no message of the protocol", () => {
  it("ends the connection with a reason", async () => {
    const { client, closed, gone } = await open();
    const before = await ends("message-invalid");
    client.socket.io.engine.write("2{not a packet");
    expect(await closed).toMatchObject({ reason: "message-invalid", retry: "never" });
    await gone;
    await expect.poll(() => ends("message-invalid")).toBe(before + 1);
  });

  it("such as one that is too large, ends it with WebSocket's own code for that", async () => {
    const { client, gone } = await open();
    const before = await ends("message-invalid");
    client.socket.emit("subscribe", { rooms: ["x".repeat(70_000)] });
    await gone;
    await expect.poll(() => ends("message-invalid")).toBe(before + 1);
    const { closeCode } = await sendRaw(encodeFrame("x".repeat(70_000)));
    expect(await closeCode).toBe(1009);
  });
});

describe("whoever has shown no token yet", () => {
  it("is cut off for sending too much", async () => {
    await (await sendRaw(Buffer.concat(Array(200).fill(encodeFrame("3"))))).ended;
  });

  it("is cut off for WebSocket pings without end, too", async () => {
    const ping = encodeFrame("are you there?", { opcode: opcodes.ping });
    await (await sendRaw(Buffer.concat(Array(200).fill(ping)))).ended;
  });
});

/** Sends raw bytes right after the upgrade. */
async function sendRaw(bytes: Buffer) {
  const port = Number(new URL(relay.url).port);
  const { socket } = await upgrade(await dial(port), port);
  onTestFinished(() => {
    socket.destroy();
  });
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const reader = new FrameReader();
  const closeCode = new Promise<number>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      for (const { opcode, payload } of reader.push(chunk)) {
        if (opcode !== opcodes.close) continue;
        resolve(payload.length < 2 ? 0 : payload.readUInt16BE(0));
        socket.end();
      }
    });
  });
  socket.write(bytes);
  return { closeCode, ended };
}
