import type { LogEntry } from "@faultline/contract";
import { type RedisServer, startRedis } from "@faultline/local/redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { entryOf, issueEvent } from "../../test/fixtures.ts";
import { type Inbox, isNamed } from "../../test/inbox.ts";
import { type RedisProxy, startProxy } from "../../test/proxy.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { listen, type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, type SocketClient } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const reported = isNamed("issue:created");
const versions = (inbox: Inbox) => inbox.received.filter(reported).map(({ data }) => data.version);

let organizationId: string;
let publisher: Publisher;
let client: SocketClient;

const entry = (version: number): LogEntry => entryOf(issueEvent(organizationId, "library", { version }));

async function subscribe(): Promise<void> {
  expect(await client.subscribe([`org:${organizationId}`])).toMatchObject({ ok: true });
}

describe("when Redis is out", () => {
  let redis: RedisServer;
  let proxy: RedisProxy;
  let relay: RunningRelay;
  let redisUrl: string;
  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startProxy(redis.port);
    redisUrl = `redis://127.0.0.1:${proxy.port}`;
    relay = await runRelay({ firestore, redisUrl });
  });
  afterAll(async () => {
    await relay.close();
    await proxy.close();
    await redis.stop();
  });
  beforeEach(async () => {
    organizationId = newOrganization();
    publisher = createPublisher(redis.url, organizationId);
    await relay.ready();
    client = await openSocket(relay.url, unsignedToken({ organizationId }));
  });
  afterEach(async () => {
    client.close();
    await publisher.close();
  });

  const readiness = async () => {
    const answer = await fetch(`${relay.url}/readyz`);
    return { status: answer.status, body: await answer.json() };
  };

  it("what was appended meanwhile arrives when it is back, though nothing is pushed", async () => {
    await subscribe();
    await publisher.publish(entry(1));
    await client.inbox.first(reported);
    proxy.cut();
    await redis.restart();
    for (const version of [2, 3]) await publisher.append(entry(version));
    proxy.heal();
    await client.inbox.atLeast(3, reported);
    await publisher.publish(entry(4));
    await client.inbox.atLeast(4, reported);
    expect(versions(client.inbox)).toEqual([1, 2, 3, 4]);
    expect(client.inbox.named("sync:lost")).toEqual([]);
  });

  it("and has lost its data, that is told, and what comes then is delivered", async () => {
    await subscribe();
    await publisher.publish(entry(1));
    await client.inbox.first(reported);
    await publisher.redis.flushall();
    await redis.restart();
    await client.inbox.first(isNamed("sync:lost"));
    await publisher.publish(entry(2));
    await client.inbox.first(({ data }) => data.version === 2);
    expect(versions(client.inbox)).toEqual([1, 2]);
  });

  it("new connections are accepted, and everything is answered with `unavailable`", async () => {
    await subscribe();
    await redis.kill();
    await expect.poll(readiness).toEqual({
      status: 503,
      body: { status: "unavailable", failing: ["redis"] },
    });
    const late = await openSocket(relay.url, unsignedToken({ organizationId }));
    const unavailable = { status: 503, code: "unavailable", reason: "unavailable", retry: true };
    expect(await late.subscribe([`org:${organizationId}`])).toMatchObject({ ok: false, error: unavailable });
    const headers = { authorization: `Bearer ${unsignedToken({ organizationId })}` };
    const ticket = await fetch(`${relay.url}/api/realtime/tickets`, { method: "POST", headers });
    const stream = await fetch(`${relay.url}/api/realtime/events`, { headers });
    for (const answer of [ticket, stream]) {
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject(unavailable);
    }
    expect((await fetch(`${relay.url}/healthz`)).status).toBe(200);
    await redis.restart();
    await expect.poll(readiness, { timeout: 8_000 }).toMatchObject({ status: 200, body: { failing: [] } });
    expect(await late.subscribe([`org:${organizationId}`])).toMatchObject({ ok: true });
    late.close();
  });

  it("from the start, the relay waits for it", async () => {
    await redis.kill();
    const early = await listen({ firestore, redisUrl });
    expect((await fetch(`${early.url}/readyz`)).status).toBe(503);
    await redis.restart();
    await early.ready();
    const first = await openSocket(early.url, unsignedToken({ organizationId }));
    expect(await first.subscribe([`org:${organizationId}`])).toMatchObject({ ok: true });
    await publisher.publish(entry(1));
    await first.inbox.first(reported);
    first.close();
    await early.close();
  });

  it("a relay ends all the same", async () => {
    const other = await runRelay({ firestore, redisUrl });
    const late = await openSocket(other.url, unsignedToken({ organizationId }));
    await late.subscribe([`org:${organizationId}`]);
    const ended = new Promise((resolve) => late.socket.once("disconnect", resolve));
    await redis.kill();
    await other.close();
    await ended;
    await redis.restart();
  });
});
