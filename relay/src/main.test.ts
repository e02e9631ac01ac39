import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, type ManagedProcess, startProcess, waitUntil } from "@faultline/local/process";
import { startRedis } from "@faultline/local/redis";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { entryOf, issueEvent, seed } from "../test/fixtures.ts";
import { isNamed } from "../test/inbox.ts";
import { createPublisher } from "../test/publisher.ts";
import { newOrganization, useFirestore } from "../test/services.ts";
import { openSocket } from "../test/socket.ts";
import { openStream } from "../test/stream.ts";
import { unsignedToken } from "../test/tokens.ts";

const firestore = useFirestore();
const folder = fileURLToPath(new URL("..", import.meta.url));
const bundle = join(folder, "lib", "main.test.js");
const started: Pick<ManagedProcess, "stop">[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ["../build.mjs", "src/main.ts", bundle], { cwd: folder });
});
afterAll(() => Promise.all([bundle, `${bundle}.map`].map((file) => rm(file, { force: true }))));
afterEach(async () => {
  await Promise.all(started.splice(0).map((process) => process.stop()));
});

type Environment = Readonly<Record<string, string>>;

function start(environment: Environment): ManagedProcess {
  const { PATH = "" } = process.env;
  const env = { PATH, METADATA_SERVER_DETECTION: "none", ...environment };
  const relay = startProcess(process.execPath, [bundle], { env });
  started.push(relay);
  return relay;
}

async function startReady(environment: Environment = {}): Promise<{ relay: ManagedProcess; url: string }> {
  const port = await freePort();
  const relay = start({
    PORT: String(port),
    REDIS_URL: inject("redisUrl"),
    GOOGLE_CLOUD_PROJECT: inject("projectId"),
    FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099",
    FIRESTORE_EMULATOR_HOST: inject("firestoreHost"),
    ...environment,
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntil(isReady, { what: "the relay", of: relay });
  return { relay, url };
}

async function exitOf(relay: ManagedProcess): Promise<number | null> {
  await waitUntil(() => relay.child.exitCode !== null || relay.child.signalCode !== null, {
    what: "its end",
  });
  return relay.child.exitCode;
}

describe("the process", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("serves, and ends on %s with every client told", async (signal) => {
    const organizationId = newOrganization();
    await seed(firestore, organizationId);
    const token = unsignedToken({ organizationId });
    const { relay, url } = await startReady({ LOG_LEVEL: "trace" });
    const client = await openSocket(url, token);
    const stream = await openStream(url, "events", { token });
    await client.subscribe([`org:${organizationId}`]);
    const publisher = createPublisher(inject("redisUrl"), organizationId);
    await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    await publisher.close();
    await client.inbox.first(isNamed("issue:created"));
    await stream.inbox.first(isNamed("issue:created"));

    const disconnected = new Promise((resolve) => client.socket.once("disconnect", resolve));
    relay.child.kill(signal);
    await disconnected;
    await stream.ended;
    expect(await exitOf(relay)).toBe(0);
    expect(relay.output()).not.toContain(token);
    expect(relay.output()).not.toContain("Tap drips");
  });

  it("outlives a message in Redis that makes no sense", async () => {
    const server = await startRedis();
    started.push(server);
    const { relay, url } = await startReady({ REDIS_URL: server.url });
    const redis = new Redis(server.url);
    const channel = "socket.io-request#/#";
    for (const message of [Buffer.from([0xc0]), "{", "null", '{"type":6}', '{"type":6,"data":null}']) {
      await redis.publish(channel, message);
    }
    await redis.quit();
    await waitUntil(() => relay.output().includes("nobody handled a rejection"), { what: "the complaint" });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(relay.child.exitCode).toBeNull();
  });

  it("says which variable is missing, and ends", async () => {
    const relay = start({ GOOGLE_CLOUD_PROJECT: "demo" });
    expect(await exitOf(relay)).toBe(1);
    expect(relay.output()).toMatch(/^REDIS_URL: is required/m);
  });

  it("ends when its port is taken", async () => {
    const { url } = await startReady();
    const other = start({
      PORT: new URL(url).port,
      REDIS_URL: inject("redisUrl"),
      GOOGLE_CLOUD_PROJECT: "demo",
      FAULTLINE_ORIGINS: "*",
    });
    expect(await exitOf(other)).toBe(1);
    expect(other.output()).toContain("EADDRINUSE");
  });
});
