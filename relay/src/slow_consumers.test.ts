import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { socketPath } from "@faultline/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { openLine } from "../../e2e/wire/index.ts";
import { openClient, type TransportName, transports } from "../test/client.ts";
import { ManualClock } from "../test/clock.ts";
import { type BuildingId, cellOf, entryOf, issueEvent, seed } from "../test/fixtures.ts";
import type { Received } from "../test/inbox.ts";
import { metricOf } from "../test/metrics.ts";
import { createPublisher, type Publisher } from "../test/publisher.ts";
import { type RunningRelay, runRelay } from "../test/relay.ts";
import { newOrganization, useFirestore } from "../test/services.ts";
import { openStalled } from "../test/stalled.ts";
import { unsignedToken } from "../test/tokens.ts";
import { within } from "./base/deadline.ts";
import { graceMs } from "./dispatch/subscriber.ts";
import { streamTiming } from "./sse/stream.ts";

// Megabytes have to pass until a client is slow.
vi.setConfig({ testTimeout: 120_000 });

const firestore = useFirestore();
const bufferBytes = 1024 * 1024;
let relay: RunningRelay;
let organizationId: string;
let publisher: Publisher;

beforeAll(async () => {
  const connections = { connections: 5_000, perUser: 5_000 };
  relay = await runRelay({ firestore, limits: { bufferBytes, connections } });
});
afterAll(() => relay.close());
beforeEach(async () => {
  organizationId = newOrganization();
  publisher = createPublisher(inject("redisUrl"), organizationId);
  onTestFinished(publisher.close);
  await seed(firestore, organizationId);
});

const token = () => unsignedToken({ organizationId });
const everything = () => [`org:${organizationId}`];

/** Long enough that a few hundred of them fill what the kernel keeps for a client that does not read. */
const description = "x".repeat(10_000);

function publish(buildingId: BuildingId, version: number, text = "Short"): Promise<string> {
  const event = issueEvent(organizationId, buildingId, { version });
  const issue = { ...event.data.issue, description: text };
  return publisher.publish(
    entryOf({ ...event, data: { ...event.data, issue } }, cellOf(buildingId, version, version)),
  );
}

/** Of the events, in the order they came. */
function versionsIn(text: string): readonly number[] {
  return [...text.matchAll(/"version":(\d+),"type":"issue:created"/g)].map(([, version]) => Number(version));
}

const slowConsumers = (transport: TransportName) =>
  metricOf(relay.url, "slow_consumers_total", { transport });
const connected = (transport: TransportName) => metricOf(relay.url, "connections", { transport });

/** Publishes long events until a connection of this transport is closed for being slow; gives the last version. */
async function flood(transport: TransportName, count: number): Promise<number> {
  const goal = (await slowConsumers(transport)) + count;
  let version = 0;
  while ((await slowConsumers(transport)) < goal) {
    if (version >= 3_000) throw new Error("nobody was closed");
    for (let more = 0; more < 50; more++) await publish("pier", ++version, description);
  }
  return version;
}

it("a stream that has read nothing between two heartbeats is sent away, and one that reads is not", async () => {
  const clock = new ManualClock();
  const patient = await runRelay({ firestore, clock, limits: { bufferBytes: 64 * bufferBytes } });
  onTestFinished(patient.close);
  const stalled = await openStalled("stream", { url: patient.url, token: token(), rooms: everything() });
  onTestFinished(stalled.leave);
  const healthy = await openClient("stream", patient.url, token(), everything());
  onTestFinished(healthy.close);
  const last = 600;
  for (let version = 1; version <= last; version++) await publish("pier", version, description);
  await healthy.inbox.first(({ data }) => data.version === last);
  const away = () => metricOf(patient.url, "slow_consumers_total", { transport: "stream" });
  clock.advance(streamTiming.heartbeatMs);
  expect(await away()).toBe(0);
  clock.advance(streamTiming.heartbeatMs);
  expect(await away()).toBe(1);
  clock.advance(graceMs);
  await expect.poll(() => metricOf(patient.url, "connections", { transport: "stream" })).toBe(1);
  for (let beats = 0; beats < 3; beats++) {
    clock.advance(streamTiming.heartbeatMs);
    await publish("library", last + beats + 1);
    await healthy.inbox.first(({ data }) => data.version === last + beats + 1);
  }
  expect(await away()).toBe(1);
});

describe.each(transports)("a %s that is not read", (transport) => {
  it("is closed when more waits than may, is told why, and resumes without a gap", async () => {
    const stalled = await openStalled(transport, { url: relay.url, token: token(), rooms: everything() });
    onTestFinished(stalled.leave);
    const last = await flood(transport, 1);
    const text = await stalled.readRest();
    const reasons = [...text.matchAll(/"reason":"([\w-]+)","retry":"(\w+)"/g)].map(([, ...words]) => words);
    expect(reasons).toEqual([["slow-consumer", "now"]]);
    const seen = versionsIn(text);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, at) => at + 1));

    const position = [...text.matchAll(/"id":"(\d+-\d+)"/g)].at(-1)?.[1];
    const versions: number[] = [];
    const line = await openLine(transport, {
      port: Number(new URL(relay.url).port),
      token: token(),
      rooms: everything(),
      since: position,
      onMessage: (name, data) => {
        if (name === "issue:created") versions.push((data as { version: number }).version);
      },
    });
    onTestFinished(line.cut);
    await line.joined;
    await expect.poll(() => versions.at(-1), { timeout: 20_000 }).toBe(last);
    expect([...seen, ...versions]).toEqual(Array.from({ length: last }, (_, at) => at + 1));
  });

  it("is let go of for good, though it never reads again: twenty of them leave no memory behind", async () => {
    const [connectedBefore, memoryBefore] = [await connected(transport), memoryInUse()];
    const many = Array.from({ length: 20 }, () =>
      openStalled(transport, { url: relay.url, token: token(), rooms: everything() }),
    );
    const stalled = await Promise.all(many);
    onTestFinished(() => {
      for (const client of stalled) client.leave();
    });
    await flood(transport, stalled.length);
    await expect.poll(() => connected(transport), { timeout: 5_000 }).toBe(connectedBefore);
    expect(
      await metricOf(relay.url, "connections_closed_total", { transport, reason: "slow-consumer" }),
    ).toBe(await slowConsumers(transport));
    await expect.poll(() => memoryInUse() - memoryBefore, { timeout: 5_000 }).toBeLessThan(4 * bufferBytes);
    await within(3 * graceMs, Promise.all(stalled.map((client) => client.readRest())));
  });
});

it("a client that polls and stops is sent away, too", async () => {
  const polled = await runRelay({ firestore, polling: true, limits: { bufferBytes } });
  onTestFinished(polled.close);
  const away = () => metricOf(polled.url, "slow_consumers_total", { transport: "socket" });
  const open = () => metricOf(polled.url, "connections", { transport: "socket" });
  await joinByPolling(polled.url);
  expect(await open()).toBe(1);
  let version = 0;
  while ((await away()) === 0) {
    if (version >= 300) throw new Error("it was not closed");
    for (let more = 0; more < 10; more++) await publish("pier", ++version, description);
  }
  expect(version * description.length).toBeGreaterThan(bufferBytes / 2);
  await expect.poll(open, { timeout: 5_000 }).toBe(0);
});

/** Connects and subscribes by long polling, and asks for nothing more. */
async function joinByPolling(url: string): Promise<void> {
  const address = `${url}${socketPath}/?EIO=4&transport=polling`;
  const opened = await (await fetch(address)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const say = async (body: string) => {
    await fetch(`${address}&sid=${sid}`, { method: "POST", body });
    return (await fetch(`${address}&sid=${sid}`)).text();
  };
  expect(await say(`40${JSON.stringify({ token: token() })}`)).toMatch(/^40/);
  expect(await say(`420${JSON.stringify(["subscribe", { rooms: everything() }])}`)).toContain('"ok":true');
}

it.each(transports)(
  "a %s that falls behind gets every event, and of the state only the newest",
  async (transport) => {
    const patient = await runRelay({
      firestore,
      limits: { bufferBytes: 64 * bufferBytes, state: { intervalMs: 5 } },
    });
    onTestFinished(patient.close);
    const stalled = await openStalled(transport, { url: patient.url, token: token(), rooms: everything() });
    onTestFinished(stalled.leave);
    const healthy = await openClient(transport, patient.url, token(), everything());
    onTestFinished(healthy.close);
    const last = 800;
    for (let version = 1; version <= last; version++) await publish("pier", version, description);
    const isNewest = ({ name, data }: Received) =>
      name === "heatmap:updated" && data.data.cells[0]?.version === last;
    await healthy.inbox.first(isNewest);
    const values = healthy.inbox.named("heatmap:updated").length;

    const cell = `"version":${last}\\}\\]`;
    const text = await stalled.readUntil(new RegExp(cell));
    expect(versionsIn(text)).toEqual(Array.from({ length: last }, (_, at) => at + 1));
    const cells = [
      ...text.matchAll(/"buildingId":"pier","campusId":"harbor","updatedAt":"[^"]+","version":(\d+)/g),
    ];
    // What the kernel took before anything waited is not replaced: about half.
    expect(cells.length).toBeLessThan(0.9 * values);
  },
);

interface Crowd {
  /** What each was told of the library, in the order it came. */
  readonly received: readonly (readonly number[])[];
  /** When the last of them was told of a version. */
  readonly arrivals: ReadonlyMap<number, number>;
}

/** Five hundred over each transport, all of whom watch the library. */
async function openCrowd(): Promise<Crowd> {
  const port = Number(new URL(relay.url).port);
  const received: number[][] = [];
  const arrivals = new Map<number, number>();
  const open = async (transport: TransportName) => {
    const versions: number[] = [];
    received.push(versions);
    const onMessage = (name: string, data: unknown) => {
      if (name !== "issue:created") return;
      const { version } = data as { version: number };
      versions.push(version);
      arrivals.set(version, performance.now());
    };
    const rooms = ["building:library"];
    const line = await openLine(transport, { port, token: token(), rooms, onMessage });
    onTestFinished(line.cut);
    await line.joined;
  };
  for (let opened = 0; opened < 1_000; opened += 100) {
    await Promise.all(transports.flatMap((transport) => Array.from({ length: 50 }, () => open(transport))));
  }
  return { received, arrivals };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

describe("a thousand healthy clients", () => {
  it("get everything in order and without delay beside stalled ones, which are sent away", async () => {
    const { received, arrivals } = await openCrowd();
    const sent: number[] = [];
    /** Something for everybody, and a lot for those who watch everything. */
    const publishRound = async () => {
      sent.push(performance.now());
      await publish("library", sent.length);
      for (let more = 0; more < 30; more++) await publish("pier", sent.length, description);
    };
    const haveAll = () => received.every((versions) => versions.length === sent.length);
    const delays = () => sent.map((time, at) => (arrivals.get(at + 1) ?? Infinity) - time);

    for (let round = 0; round < 20; round++) await publishRound();
    await expect.poll(haveAll, { timeout: 30_000 }).toBe(true);
    const undisturbed = delays();

    const five = (transport: TransportName) =>
      Array.from({ length: 5 }, () =>
        openStalled(transport, { url: relay.url, token: token(), rooms: everything() }),
      );
    const stalled = await Promise.all(transports.flatMap(five));
    onTestFinished(() => {
      for (const client of stalled) client.leave();
    });
    const goals = await Promise.all(transports.map(async (each) => (await slowConsumers(each)) + 5));
    const areClosed = async () =>
      (await Promise.all(transports.map(slowConsumers))).every((count, at) => count >= (goals[at] ?? 0));
    while (!(await areClosed())) {
      if (sent.length > 200) throw new Error("nobody was closed");
      await publishRound();
    }

    await expect.poll(haveAll, { timeout: 30_000 }).toBe(true);
    expect(received).toHaveLength(1_000);
    for (const versions of received) expect(versions).toEqual(sent.map((_, at) => at + 1));
    const disturbed = delays().slice(undisturbed.length);
    expect(median(disturbed)).toBeLessThan(3 * median(undisturbed));
    for (const transport of transports) {
      await expect.poll(() => connected(transport), { timeout: 5_000 }).toBe(500);
    }
  });
});

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Of this process: the relay, and its clients, too. */
function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
