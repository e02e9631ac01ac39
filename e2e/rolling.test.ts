/** A rolling restart of three relays behind HAProxy, under load. */
import { freePort, type ManagedProcess, waitUntil } from "@faultline/local/process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drainTiming } from "../relay/src/connections/connections.ts";
import { type LoadBalancer, startLoadBalancer } from "./rolling/haproxy.ts";
import { openPolling } from "./rolling/polling.ts";
import { type Backend, organizationId, startBackend, tokenOf } from "./support/backend.ts";
import { createRandom } from "./support/random.ts";
import { type Line, type LineRequest, openLine } from "./wire/index.ts";
import { type Survivor, startSurvivor } from "./wire/survivor.ts";

/** How many come by each way. */
const crowd = { socket: 145, stream: 145, polling: 10 } as const;
const openers: Readonly<Record<keyof typeof crowd, (request: LineRequest) => Promise<Line>>> = {
  socket: (request) => openLine("socket", request),
  stream: (request) => openLine("stream", request),
  polling: openPolling,
};

/** How long a relay may take from SIGTERM to its end: as long as Cloud Run waits. */
const graceMs = 10_000;
const publishEveryMs = 100;

let backend: Backend;
let balancer: LoadBalancer;
let relays: { readonly port: number; process: ManagedProcess }[];
let clients: Survivor[];
/** What ends what was started, the last first. */
const endings: (() => Promise<unknown>)[] = [];
const processes = new Set<ManagedProcess>();

async function startRelay(port: number): Promise<ManagedProcess> {
  const relay = await backend.startRelay({ port, environment: { FAULTLINE_POLLING: "true" } });
  processes.add(relay);
  return relay;
}

beforeAll(async () => {
  backend = await startBackend();
  endings.push(backend.stop);
  endings.push(() => Promise.all([...processes].map((relay) => relay.stop("SIGKILL"))));
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  relays = await Promise.all(ports.map(async (port) => ({ port, process: await startRelay(port) })));
  balancer = await startLoadBalancer(ports);
  endings.push(balancer.stop);
  clients = startCrowd(balancer.port);
  endings.push(() => Promise.all(clients.map((client) => client.stop())));
  await untilAll("joined", ({ isJoined }) => isJoined);
});
afterAll(async () => {
  for (const end of endings.reverse()) await end();
});

function startCrowd(port: number): Survivor[] {
  const ways = Object.entries(crowd) as [keyof typeof crowd, number][];
  return ways.flatMap(([way, count]) =>
    Array.from({ length: count }, (_, at) => {
      const name = `${way}-${at}`;
      const { next: random } = createRandom(1, name);
      const rooms = [`org:${organizationId}`, "building:library"];
      // As from many machines: the balancer sends those who poll by their address.
      const localAddress = `127.0.${ways.findIndex(([known]) => known === way)}.${at + 2}`;
      return startSurvivor({ open: openers[way], random, port, token: tokenOf(name), rooms, localAddress });
    }),
  );
}

function untilAll(what: string, holds: (client: Survivor) => boolean): Promise<boolean> {
  return waitUntil(() => clients.every(holds), { what: `all to be ${what}`, timeoutMs: 30_000 });
}

/** Publishes at an even pace until it is told to stop; gives the version of the last. */
function startLoad(): () => Promise<number> {
  let isOver = false;
  const running = (async () => {
    let version = 0;
    for (let due = Date.now(); !isOver; due += publishEveryMs) {
      await waitUntil(() => Date.now() >= due, { what: "the next event", everyMs: 5 });
      await backend.publish();
      version += 1;
    }
    return version;
  })();
  return () => {
    isOver = true;
    return running;
  };
}

/** The most that fall into one second. */
function peakOf(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let from = 0;
  let peak = 0;
  for (const [at, time] of sorted.entries()) {
    while ((sorted[from] ?? 0) <= time - 1_000) from += 1;
    peak = Math.max(peak, at - from + 1);
  }
  return peak;
}

/** The time from the first to the last of the middle eight tenths. */
function middleSpanOf(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return at(0.9) - at(0.1);
}

/** How one relay's end went. */
interface Restart {
  readonly tookMs: number;
  readonly exitCode: number | null;
  /** How many clients had to go, and the time in which the middle eight tenths of them went. */
  readonly departures: number;
  readonly spreadMs: number;
}

/** Ends a relay, starts another in its place, and waits until all are back and the load balancer has seen it. */
async function restart(at: number): Promise<Restart> {
  const relay = relays[at];
  if (!relay) throw new Error(`there is no relay ${at}`);
  const terminatedAt = Date.now();
  await relay.process.stop("SIGTERM", graceMs);
  const tookMs = Date.now() - terminatedAt;
  const { exitCode } = relay.process.child;
  const isSeen = balancer.untilSeen(at, "UP");
  relay.process = await startRelay(relay.port);
  await isSeen;
  await untilAll("back", ({ isJoined }) => isJoined);
  const departures = clients.flatMap((client) => client.departures.filter((time) => time >= terminatedAt));
  return { tookMs, exitCode, departures: departures.length, spreadMs: middleSpanOf(departures) };
}

describe("a rolling restart of three relays behind HAProxy, under load", () => {
  it("loses nothing, repeats nothing, ends each relay in time and does not stampede", async () => {
    const stopLoad = startLoad();
    await untilAll("told of an event", ({ versions }) => versions.length > 0);
    const beganAt = Date.now();
    const restarts: Restart[] = [];
    for (const at of relays.keys()) restarts.push(await restart(at));
    const last = await stopLoad();
    await untilAll("told of the last event", ({ versions }) => versions.at(-1) === last);

    for (const { tookMs, exitCode, departures, spreadMs } of restarts) {
      expect(exitCode).toBe(0);
      expect(tookMs).toBeLessThan(graceMs);
      expect(departures).toBeGreaterThan(0);
      // The drain's pace, less a step at each end; a slow machine makes it slower only.
      expect(spreadMs).toBeGreaterThan((0.6 * departures * 1_000) / drainTiming.drainPerSecond);
    }
    for (const { versions, complaints } of clients) {
      const [first = 0] = versions;
      expect(versions).toEqual(Array.from({ length: last - first + 1 }, (_, at) => first + at));
      expect(complaints).toEqual([]);
    }
    const handshakes = clients.flatMap(({ attempts }) => attempts.filter((time) => time > beganAt));
    const peak = peakOf(handshakes);
    console.log(JSON.stringify({ restarts, events: last, handshakes: handshakes.length, peak }));
    expect(peak).toBeLessThanOrEqual(1.25 * drainTiming.drainPerSecond);
  });
});
