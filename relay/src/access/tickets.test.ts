import { createHash } from "node:crypto";
import { type Principal, redisKeys } from "@faultline/contract";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { seed } from "../../test/fixtures.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openStream } from "../../test/stream.ts";
import { unsignedToken } from "../../test/tokens.ts";
import { createTickets } from "./tickets.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
let relays: readonly [RunningRelay, RunningRelay];
let redis: Redis;

beforeAll(async () => {
  relays = [await runRelay({ firestore }), await runRelay({ firestore, ticketSeconds: 1 })];
  redis = new Redis(inject("redisUrl"));
  await seed(firestore, organizationId);
});
afterAll(async () => {
  await redis.quit();
  await Promise.all(relays.map((relay) => relay.close()));
});

async function getTicket(relay: RunningRelay, claims = {}): Promise<{ ticket: string; expiresAt: string }> {
  const token = unsignedToken({ organizationId, ...claims });
  const answer = await fetch(`${relay.url}/api/realtime/tickets`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  return (await answer.json()) as { ticket: string; expiresAt: string };
}

const redeem = (relay: RunningRelay, ticket: string, room = `org:${organizationId}`) =>
  fetch(`${relay.url}/api/realtime/events?ticket=${encodeURIComponent(ticket)}&room=${room}`);
const keyOf = (ticket: string) => redisKeys.ticket(createHash("sha256").update(ticket).digest("hex"));

describe("a stream ticket", () => {
  it("opens one stream, on whichever relay", async () => {
    const { ticket, expiresAt } = await getTicket(relays[0]);
    const secondsLeft = (Date.parse(expiresAt) - Date.now()) / 1_000;
    expect(secondsLeft).toBeGreaterThan(20);
    expect(secondsLeft).toBeLessThanOrEqual(30);
    const stream = await openStream(relays[1].url, `issues?ticket=${ticket}`);
    stream.close();
    for (const relay of relays) {
      const answer = await redeem(relay, ticket);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ reason: "ticket-invalid", field: "ticket" });
    }
  });

  it("opens exactly one of many streams that try at once", async () => {
    const { ticket } = await getTicket(relays[0]);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => redeem(relays[at % 2 ? 1 : 0], ticket)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(49).fill(401)]);
    await Promise.all(answers.map(({ body }) => body?.cancel()));
  });

  it("carries the member's scope", async () => {
    const { ticket } = await getTicket(relays[0], { role: "viewer", campusIds: ["harbor"] });
    expect((await redeem(relays[0], ticket)).status).toBe(403);
  });

  it("expires", async () => {
    const { ticket } = await getTicket(relays[1]);
    expect(await redis.ttl(keyOf(ticket))).toBeLessThanOrEqual(1);
    await expect.poll(() => redis.exists(keyOf(ticket)), { timeout: 5_000 }).toBe(0);
    expect((await redeem(relays[1], ticket)).status).toBe(401);
  });

  it("does not outlive the token that it was given for", async () => {
    const clock = new ManualClock();
    const tickets = createTickets(redis, clock);
    const expiresAt = clock.now() / 1_000 + 10;
    const principal: Principal = {
      uid: "someone",
      organizationId,
      role: "viewer",
      name: "Some One",
      issuedAt: expiresAt - 3_600,
      expiresAt,
    };
    const [early, late] = [await tickets.issue(principal), await tickets.issue(principal)];
    clock.advance(9_999);
    expect(await tickets.redeem(early.ticket)).toEqual(principal);
    clock.advance(1);
    await expect(tickets.redeem(late.ticket)).rejects.toMatchObject({ reason: "ticket-invalid" });
  });

  it("is not kept as it is", async () => {
    const { ticket } = await getTicket(relays[0]);
    expect(await redis.get(keyOf(ticket))).toContain(organizationId);
    expect(await redis.keys(`*${ticket}*`)).toEqual([]);
  });

  it("is given only for a token", async () => {
    const answer = await fetch(`${relays[0].url}/api/realtime/tickets`, { method: "POST" });
    expect(answer.status).toBe(401);
    const { ticket } = await getTicket(relays[0]);
    const byTicket = await fetch(`${relays[0].url}/api/realtime/tickets?ticket=${ticket}`, {
      method: "POST",
    });
    expect(byTicket.status).toBe(401);
  });

  it("that was never given is refused", async () => {
    expect((await redeem(relays[0], "never")).status).toBe(401);
    expect((await redeem(relays[0], "")).status).toBe(401);
  });
});
