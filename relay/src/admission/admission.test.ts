import { beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { openClient, transports } from "../../test/client.ts";
import { ManualClock } from "../../test/clock.ts";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { type HandshakeAnswer, handshake } from "../../test/handshake.ts";
import { isNamed } from "../../test/inbox.ts";
import { metricOf } from "../../test/metrics.ts";
import { createPublisher } from "../../test/publisher.ts";
import { runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { unsignedToken } from "../../test/tokens.ts";
import type { AdmissionLimits } from "./admission.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
const token = unsignedToken({ organizationId });

beforeAll(() => seed(firestore, organizationId));

async function relayWith(admission: Partial<AdmissionLimits>) {
  const clock = new ManualClock();
  const relay = await runRelay({ firestore, clock, polling: true, limits: { admission } });
  onTestFinished(relay.close);
  return { relay, clock, doors: doorsOf(relay.url) };
}

/** Each way to a connection, knocked at as cheaply as can be. */
function doorsOf(url: string) {
  return {
    websocket: () => handshake(url, "websocket"),
    polling: () => handshake(url, "polling"),
    async stream(): Promise<HandshakeAnswer> {
      const answer = await fetch(`${url}/api/realtime/events`);
      const headers = Object.fromEntries(answer.headers);
      return { status: answer.status, headers, body: await answer.text() };
    },
  } as const;
}

const doorNames = ["websocket", "polling", "stream"] as const;
const granted = { websocket: 101, polling: 200, stream: 401 } as const;

function expectRefusal({ status, headers, body }: HandshakeAnswer) {
  expect(status).toBe(503);
  expect(headers["content-type"]).toContain("application/problem+json");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  const problem = JSON.parse(body) as { retryAfterMs: number };
  expect(problem).toMatchObject({ reason: "relay-full", status: 503, retry: true });
  const seconds = Number(headers["retry-after"]);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBe(Math.ceil(problem.retryAfterMs / 1_000));
}

describe.each(doorNames)("the door of a %s", (door) => {
  it("lets so many in a second, and tells the others when to come back, without looking at their token", async () => {
    const { relay, clock, doors } = await relayWith({ handshakes: { perSecond: 1, burst: 2 } });
    const knock = async () => (await doors[door]()).status;
    expect([await knock(), await knock()]).toEqual([granted[door], granted[door]]);
    expectRefusal(await doors[door]());
    const transport = door === "stream" ? "stream" : "socket";
    expect(await metricOf(relay.url, "refusals_total", { transport, reason: "relay-full" })).toBe(1);
    clock.advance(1_000);
    expect([await knock(), await knock()]).toEqual([granted[door], 503]);
  });

  it.each([
    ["event-loop", { lagMs: -1 }],
    ["memory", { memoryBytes: 1 }],
  ])("is shut while there is too little of %s left, and says so", async (strain, limits) => {
    const { relay, clock, doors } = await relayWith(limits);
    expect((await doors[door]()).status).toBe(granted[door]);
    expect(await metricOf(relay.url, "overloaded", { strain })).toBe(0);
    clock.advance(3_000);
    expectRefusal(await doors[door]());
    expect(await metricOf(relay.url, "overloaded", { strain })).toBe(1);
    expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
  });
});

describe("an overloaded relay", () => {
  it.each(transports)("keeps every %s that it has, and serves it", async (transport) => {
    const { relay, clock, doors } = await relayWith({ memoryBytes: 1 });
    const client = await openClient(transport, relay.url, token, ["building:library"]);
    onTestFinished(client.close);
    clock.advance(3_000);
    for (const door of doorNames) expectRefusal(await doors[door]());
    const publisher = createPublisher(inject("redisUrl"), organizationId);
    onTestFinished(publisher.close);
    await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    await client.inbox.first(isNamed("issue:created"));
  });

  it("does not use up the ticket of whoever it refuses", async () => {
    const { relay, clock, doors } = await relayWith({ handshakes: { perSecond: 1, burst: 1 } });
    const issued = await fetch(`${relay.url}/api/realtime/tickets`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    const { ticket } = (await issued.json()) as { ticket: string };
    expect((await doors.stream()).status).toBe(401);
    const open = () => fetch(`${relay.url}/api/realtime/events?ticket=${ticket}`);
    expect((await open()).status).toBe(503);
    clock.advance(1_000);
    const answer = await open();
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  });

  it("spreads those whom it refuses over time", async () => {
    const { doors } = await relayWith({ handshakes: { perSecond: 1, burst: 0 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => doors.stream()));
    const delays = answers.map(({ body }) => (JSON.parse(body) as { retryAfterMs: number }).retryAfterMs);
    expect(new Set(delays).size).toBeGreaterThan(10);
  });
});
