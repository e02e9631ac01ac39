import { redisKeys } from "@faultline/contract";
import { startRedis } from "@faultline/local/redis";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  onTestFinished,
} from "vitest";
import { type Client, openClient, transports } from "../../test/client.ts";
import { cellOf, entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { metricOf, scrape } from "../../test/metrics.ts";
import { startProxy } from "../../test/proxy.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, refusalOf } from "../../test/socket.ts";
import { openStream } from "../../test/stream.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
let relay: RunningRelay;
let organizationId: string;
let publisher: Publisher;
let token: string;
let clients: Client[];

beforeAll(async () => {
  relay = await runRelay({ firestore });
});
afterAll(() => relay.close());
beforeEach(async () => {
  organizationId = newOrganization();
  token = unsignedToken({ organizationId });
  publisher = createPublisher(inject("redisUrl"), organizationId);
  clients = [];
  await seed(firestore, organizationId, [cellOf("library", 1, 1)]);
});
afterEach(async () => {
  for (const client of clients) client.close();
  await publisher.close();
  await expect.poll(() => metricOf(relay.url, "connections")).toBe(0);
});

const now = (name: string, labels: Record<string, string> = {}) => metricOf(relay.url, name, labels);

async function open(transport: (typeof transports)[number], rooms: readonly string[]): Promise<Client> {
  const client = await openClient(transport, relay.url, token, rooms);
  clients.push(client);
  return client;
}

/** An event that was committed `ago` milliseconds ago. */
const recent = (ago: number, version = 1) => ({
  ...issueEvent(organizationId, "library", { version }),
  time: new Date(Date.now() - ago).toISOString(),
});

describe.each(transports)("the metrics, for a %s", (transport) => {
  it("count connections as they come and go, and the rooms that they are in by kind", async () => {
    const opened = await now("connections_opened_total", { transport });
    const left = await now("connections_closed_total", { transport, reason: "client-left" });
    const lasted = await now("connection_duration_seconds_count", { transport });
    const client = await open(transport, [`org:${organizationId}`, "building:library", "building:pier"]);
    expect(await now("connections", { transport })).toBe(1);
    expect(await now("connections_opened_total", { transport })).toBe(opened + 1);
    expect(await now("subscriptions", { transport, kind: "org" })).toBe(1);
    expect(await now("subscriptions", { transport, kind: "building" })).toBe(2);
    client.close();
    await expect.poll(() => now("connections", { transport })).toBe(0);
    expect(await now("subscriptions")).toBe(0);
    expect(await now("connections_closed_total", { transport, reason: "client-left" })).toBe(left + 1);
    expect(await now("connection_duration_seconds_count", { transport })).toBe(lasted + 1);
  });

  it("count a message once and for each that got it, its bytes, and how long it took", async () => {
    const [first, second] = [
      await open(transport, ["building:library"]),
      await open(transport, ["building:library"]),
    ];
    const name = "issue:created";
    const dispatched = await now("messages_dispatched_total", { transport, name });
    const sent = await now("messages_sent_total", { transport, name });
    const bytes = await now("sent_bytes_total", { transport });
    const committed = await now("delivery_from_commit_seconds_sum", { transport });
    const deliveries = await now("delivery_from_append_seconds_count", { transport });
    await publisher.publish(entryOf(recent(2_000)));
    const { data } = await first.inbox.first(isNamed(name));
    await second.inbox.first(isNamed(name));
    expect(await now("messages_dispatched_total", { transport, name })).toBe(dispatched + 1);
    expect(await now("messages_sent_total", { transport, name })).toBe(sent + 2);
    const text = JSON.stringify(data).length;
    expect((await now("sent_bytes_total", { transport })) - bytes).toBeGreaterThan(2 * text);
    expect((await now("delivery_from_commit_seconds_sum", { transport })) - committed).toBeGreaterThan(1.9);
    expect(await now("delivery_from_append_seconds_count", { transport })).toBe(deliveries + 1);
  });
});

describe("the metrics", () => {
  it("count who is refused and why", async () => {
    const foreign = await now("refusals_total", { transport: "stream", reason: "room-foreign" });
    const missing = await now("refusals_total", { transport: "socket", reason: "token-missing" });
    const failures = await now("authentication_failures_total", { reason: "token-missing" });
    await refusalOf(relay.url, {});
    await expect(openStream(relay.url, "events")).rejects.toThrow("401");
    await expect(openStream(relay.url, "events?room=org:other", { token })).rejects.toThrow("403");
    expect(await now("refusals_total", { transport: "socket", reason: "token-missing" })).toBe(missing + 1);
    expect(await now("refusals_total", { transport: "stream", reason: "room-foreign" })).toBe(foreign + 1);
    expect(await now("authentication_failures_total", { reason: "token-missing" })).toBe(failures + 2);
  });

  it("count what socket clients send, and what it came to", async () => {
    const name = "subscribe";
    const answered = await now("messages_received_total", { name, outcome: "ok" });
    const refused = await now("messages_received_total", { name, outcome: "room-invalid" });
    const client = await openSocket(relay.url, token);
    clients.push(client);
    await client.subscribe(["building:library"]);
    await client.subscribe(["library"]);
    expect(await now("messages_received_total", { name, outcome: "ok" })).toBe(answered + 1);
    expect(await now("messages_received_total", { name, outcome: "room-invalid" })).toBe(refused + 1);
  });

  it("count open streams by their route", async () => {
    const opened = await now("streams_opened_total", { stream: "heatmap" });
    const stream = await openStream(relay.url, "heatmap", { token });
    expect(await now("streams", { stream: "heatmap" })).toBe(1);
    expect(await now("streams_opened_total", { stream: "heatmap" })).toBe(opened + 1);
    stream.close();
    await expect.poll(() => now("streams", { stream: "heatmap" })).toBe(0);
  });

  it("count gaps, duplicates, reads of the log and what could not be read", async () => {
    const client = await open("socket", ["building:library"]);
    const names = [
      "gaps_found_total",
      "duplicates_dropped_total",
      "log_reads_total",
      "log_entries_read_total",
    ];
    const before = await Promise.all(names.map((name) => now(name)));
    const malformed = await now("malformed_total", { what: "push" });
    await publisher.append(entryOf(recent(0, 1)));
    const position = await publisher.publish(entryOf(recent(0, 2)));
    await client.inbox.atLeast(2, isNamed("issue:created"));
    await publisher.push(entryOf(recent(0, 2)), position);
    await publisher.pushRaw({ position: "9999999999999-0", event: { organizationId } });
    await expect.poll(() => now("malformed_total", { what: "push" })).toBe(malformed + 1);
    const after = await Promise.all(names.map((name) => now(name)));
    const growth = after.map((value, at) => value - (before[at] ?? 0));
    expect(growth.slice(0, 2)).toEqual([1, 1]);
    expect(growth[2]).toBeGreaterThanOrEqual(1);
    expect(growth[3]).toBeGreaterThanOrEqual(2);
  });

  it("count when what was missed is no longer in the log", async () => {
    const client = await open("socket", ["building:library"]);
    const before = await now("log_losses_total");
    await publisher.publish(entryOf(recent(0, 1)));
    await client.inbox.first(isNamed("issue:created"));
    await publisher.redis.del(redisKeys.log(organizationId), redisKeys.head(organizationId));
    await publisher.publish(entryOf(recent(0, 2)));
    await client.inbox.first(isNamed("sync:lost"));
    expect(await now("log_losses_total")).toBe(before + 1);
  });

  it("count those who come back, by what became of it", async () => {
    const outcomes = () =>
      Promise.all(
        ["current", "replayed", "lost"].map((outcome) =>
          now("replays_total", { transport: "socket", outcome }),
        ),
      );
    const [current = 0, replayed = 0, lost = 0] = await outcomes();
    const entries = await now("replayed_entries_total", { transport: "socket" });
    const client = await openSocket(relay.url, token);
    clients.push(client);
    const position = await publisher.publish(entryOf(recent(0, 1)));
    expect(await client.subscribe(["building:library"], position)).toMatchObject({ recovered: true });
    expect(await outcomes()).toEqual([current + 1, replayed, lost]);
    expect(await client.subscribe(["building:library"], "1-0")).toMatchObject({ recovered: false });
    expect(await outcomes()).toEqual([current + 1, replayed, lost + 1]);
    for (const version of [2, 3]) await publisher.publish(entryOf(recent(0, version)));
    const late = await openSocket(relay.url, token);
    clients.push(late);
    expect(await late.subscribe(["building:library"], position)).toMatchObject({ replayed: 2 });
    expect(await outcomes()).toEqual([current + 1, replayed + 1, lost + 1]);
    expect(await now("replayed_entries_total", { transport: "socket" })).toBe(entries + 2);
  });

  it("count state values that were replaced before they were sent", async () => {
    const before = await now("coalesced_total", { kind: "heatmap" });
    const client = await open("socket", [`heatmap:${organizationId}`]);
    await client.inbox.first(isNamed("heatmap:updated"));
    for (const version of [2, 3, 4, 5, 6]) {
      await publisher.publish(entryOf(recent(0, version), cellOf("library", version, version)));
    }
    await client.inbox.first(({ data }) => data.data.cells?.[0]?.version === 6);
    expect(await now("coalesced_total", { kind: "heatmap" })).toBeGreaterThan(before);
  });

  it("time HTTP by route and status, and know a path that does not exist by no name", async () => {
    const labels = { route: "/api/realtime/tickets", method: "POST", status: "401" };
    const before = await now("http_request_duration_seconds_count", labels);
    await fetch(`${relay.url}/api/realtime/Tickets/?name=${organizationId}`, { method: "POST" });
    await fetch(`${relay.url}/secret/${organizationId}`);
    await expect.poll(() => now("http_request_duration_seconds_count", labels)).toBe(before + 1);
    await expect.poll(() => now("http_request_duration_seconds_count", { route: "none" })).toBeGreaterThan(0);
  });

  it("name no organization, room or user", async () => {
    const user = unsignedToken({ organizationId, uid: "somebody-special" });
    const client = await openClient("stream", relay.url, user, ["building:library", `org:${organizationId}`]);
    clients.push(client);
    const text = JSON.stringify(await scrape(relay.url));
    expect(text).toContain("building");
    for (const name of [organizationId, "library", "somebody-special"]) expect(text).not.toContain(name);
  });

  it("begin at zero, so that an alert sees the first time, too", async () => {
    const fresh = await runRelay({ firestore });
    onTestFinished(fresh.close);
    const zeros = (await scrape(fresh.url)).filter(({ value }) => value === 0);
    for (const name of ["malformed_total", "replays_total", "slow_consumers_total", "log_losses_total"]) {
      expect(zeros.map((sample) => sample.name)).toContain(`faultline_relay_${name}`);
    }
  });

  it("tell of the process: CPU, memory and the lag of its event loop", async () => {
    const names = new Set((await scrape(relay.url)).map(({ name }) => name));
    for (const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "nodejs_eventloop_lag_p99_seconds",
    ]) {
      expect(names).toContain(name);
    }
  });

  it("tell when a connection to Redis is lost and when it is back", async () => {
    const redis = await startRedis();
    const proxy = await startProxy(redis.port);
    const cut = await runRelay({ firestore, redisUrl: `redis://127.0.0.1:${proxy.port}` });
    onTestFinished(async () => {
      await cut.close();
      await proxy.close();
      await redis.stop();
    });
    const up = () => metricOf(cut.url, "redis_up");
    await expect.poll(up).toBe(3);
    proxy.cut();
    await expect.poll(up).toBe(0);
    expect(await metricOf(cut.url, "redis_losses_total")).toBe(3);
    await expect(openStream(cut.url, "issues", { token })).rejects.toThrow("503");
    expect(await metricOf(cut.url, "stream_errors_total", { stream: "issues" })).toBe(1);
    proxy.heal();
    await expect.poll(up, { timeout: 10_000 }).toBe(3);
  });

  it("are for whoever has the token, when one is set", async () => {
    const secret = "the-secret-of-the-operator";
    const guarded = await runRelay({ firestore, metricsToken: secret });
    onTestFinished(guarded.close);
    const ask = (headers: Record<string, string>) => fetch(`${guarded.url}/metrics`, { headers });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(401);
    const answer = await ask({ authorization: `Bearer ${secret}` });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain("faultline_relay_connections");
  });
});
