/** Whether clients are told when what happens does not reach the relay. */
import type { LogEntry } from "@faultline/contract";
import { type RedisServer, startRedis } from "@faultline/local/redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClient, transports } from "../../test/client.ts";
import { ManualClock } from "../../test/clock.ts";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { type RedisProxy, startProxy } from "../../test/proxy.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";
import { isoTime } from "../base/clock.ts";
import { watchFreshness } from "./freshness.ts";

const firestore = useFirestore();
const stale = isNamed("relay:stale");
const fresh = isNamed("relay:fresh");
const created = isNamed("issue:created");

describe("when Redis is out,", () => {
  const organizationId = newOrganization();
  const room = `org:${organizationId}`;
  let redis: RedisServer;
  let proxy: RedisProxy;
  let relay: RunningRelay;
  let publisher: Publisher;
  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startProxy(redis.port);
    relay = await runRelay({ firestore, redisUrl: `redis://127.0.0.1:${proxy.port}` });
    publisher = createPublisher(redis.url, organizationId);
    await seed(firestore, organizationId);
  });
  afterAll(async () => {
    await relay.close();
    await proxy.close();
    await publisher.close();
    await redis.stop();
  });

  const token = () => unsignedToken({ organizationId });
  const entry = (version: number): LogEntry => entryOf(issueEvent(organizationId, "library", { version }));

  it.each(transports)("a %s is told, and that it is over after what was missed", async (transport) => {
    await relay.ready();
    const { inbox, close } = await openClient(transport, relay.url, token(), [room]);
    await publisher.publish(entry(1));
    await inbox.first(created);
    proxy.cut();
    const { data } = await inbox.first(stale);
    expect(new Date(data.since).toISOString()).toBe(data.since);
    for (const version of [2, 3]) await publisher.append(entry(version));
    proxy.heal();
    expect((await inbox.first(fresh)).data).toEqual(data);
    const told = inbox.received.filter(isNamed("issue:created", "relay:stale", "relay:fresh"));
    expect(told.map(({ name, data }) => data.version ?? name)).toEqual([
      1,
      "relay:stale",
      2,
      3,
      "relay:fresh",
    ]);
    close();
  });

  it("whoever comes meanwhile is told, too", async () => {
    await relay.ready();
    const early = await openSocket(relay.url, token());
    proxy.cut();
    await early.inbox.first(stale);
    const late = await openSocket(relay.url, token());
    const { data } = await late.inbox.first(stale);
    proxy.heal();
    expect((await late.inbox.first(fresh)).data).toEqual(data);
    early.close();
    late.close();
  });
});

describe("clients", () => {
  function follow() {
    const clock = new ManualClock();
    const told: string[] = [];
    let change = (_isUp: boolean) => {};
    let finish: (() => void)[] = [];
    watchFreshness({
      clock,
      link: {
        onChange(listener) {
          change = listener;
        },
      },
      ingest: {
        caughtUp: () =>
          new Promise((resolve) => {
            finish.push(resolve);
          }),
      },
      connections: { stale: ({ since }) => told.push(since), fresh: () => told.push("fresh") },
    });
    return {
      clock,
      told,
      change: (isUp: boolean) => change(isUp),
      async caughtUp() {
        for (const resolve of finish) resolve();
        finish = [];
        await Promise.resolve();
      },
    };
  }

  it("are told of no outage that is over within a second", async () => {
    const { clock, told, change, caughtUp } = follow();
    change(false);
    clock.advance(900);
    change(true);
    await caughtUp();
    clock.advance(60_000);
    expect(told).toEqual(["fresh"]);
  });

  it("are told of a short outage whose logs take long to be caught up with", async () => {
    const { clock, told, change, caughtUp } = follow();
    const since = isoTime(clock.now());
    change(false);
    clock.advance(900);
    change(true);
    clock.advance(200);
    expect(told).toEqual([since]);
    await caughtUp();
    expect(told).toEqual([since, "fresh"]);
  });

  it("are not told that it is over when Redis was lost again before the logs were caught up with", async () => {
    const { clock, told, change, caughtUp } = follow();
    const since = isoTime(clock.now());
    change(false);
    clock.advance(2_000);
    change(true);
    change(false);
    await caughtUp();
    clock.advance(2_000);
    expect(told).toEqual([since]);
    change(true);
    await caughtUp();
    expect(told).toEqual([since, "fresh"]);
  });
});
