/** Connecting, by clients who do not play by the rules of Socket.IO. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seed } from "../../test/fixtures.ts";
import { metricOf } from "../../test/metrics.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { createSocket } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
let relay: RunningRelay;
beforeAll(async () => {
  relay = await runRelay({ firestore });
  await seed(firestore, organizationId);
});
afterAll(() => relay.close());

const connections = () => metricOf(relay.url, "connections", { transport: "socket" });
const opened = () => metricOf(relay.url, "connections_opened_total", { transport: "socket" });

describe("connecting", () => {
  it("many times in one breath opens one connection at most, and ends it", async () => {
    const auth = { token: unsignedToken({ organizationId }) };
    const socket = createSocket(relay.url, auth);
    const ended = new Promise((resolve) => socket.io.once("close", resolve));
    socket.io.once("open", () => {
      for (let times = 0; times < 20; times += 1) socket.io.engine.write(`0${JSON.stringify(auth)}`);
    });
    const before = await opened();
    socket.connect();
    await ended;
    await expect.poll(connections).toBe(0);
    expect((await opened()) - before).toBeLessThanOrEqual(1);
  });

  it("again over the same line, after a refusal or after leaving, is possible", async () => {
    const token = unsignedToken({ organizationId });
    const socket = createSocket(relay.url, { token: "garbage" });
    // Whoever is in no namespace any more is disconnected by the official client; here it is told by hand what to send.
    const answers: string[] = [];
    const line = socket.io;
    line.once("open", () => line.engine.on("data", (data) => answers.push(String(data).slice(0, 2))));
    const say = async (packet: string, answer: string) => {
      const before = answers.length;
      line.engine.write(packet);
      await expect.poll(() => answers.slice(before)).toContain(answer);
    };
    await new Promise<void>((resolve) => line.open(() => resolve()));
    await say('0{"token":"garbage"}', "4{");
    await say(`0${JSON.stringify({ token })}`, "0{");
    await expect.poll(connections).toBe(1);
    line.engine.write("1");
    await expect.poll(connections).toBe(0);
    await say(`0${JSON.stringify({ token })}`, "0{");
    line.engine.close();
    await expect.poll(connections).toBe(0);
  });
});
