/** How long a client may stay, and as whom; over both transports, by a clock that the test turns. */
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { openClient, transports } from "../../test/client.ts";
import { ManualClock } from "../../test/clock.ts";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket } from "../../test/socket.ts";
import { type TokenOptions, unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
let clock: ManualClock;
let relay: RunningRelay;
let publisher: Publisher;
let organizationId: string;

beforeEach(async () => {
  clock = new ManualClock(Date.now());
  // Time is turned on at once, without a moment for anybody to read their heartbeats.
  const stream = { heartbeatMs: minutes(600), snapshotMs: minutes(600) };
  relay = await runRelay({ firestore, clock, limits: { stream } });
  organizationId = newOrganization();
  publisher = createPublisher(inject("redisUrl"), organizationId);
  await seed(firestore, organizationId);
});
afterEach(async () => {
  await relay.close();
  await publisher.close();
});

const tokenOf = (options: TokenOptions = {}) => unsignedToken({ organizationId, ...options });
const minutes = (count: number) => count * 60_000;
const expiring = isNamed("session:expiring");
const closed = isNamed("session:closed");
const created = isNamed("issue:created");
const publish = (building: "library" | "pier") =>
  publisher.publish(entryOf(issueEvent(organizationId, building)));

describe.each(transports)("a %s", (transport) => {
  const open = (token: string) => openClient(transport, relay.url, token, ["building:library"]);

  it("is told before its token expires, and why it is ended when it has", async () => {
    const { inbox, ended } = await open(tokenOf({ expiresIn: 600 }));
    clock.advance(minutes(6));
    expect(inbox.received.filter(expiring)).toEqual([]);
    clock.advance(minutes(2));
    const { data } = await inbox.first(expiring);
    expect(Date.parse(data.expiresAt)).toBeCloseTo(clock.now() + minutes(2), -4);
    clock.advance(minutes(3));
    expect((await inbox.first(closed)).data).toEqual({
      reason: "token-expired",
      retry: "token",
      retryAfterMs: 0,
    });
    await ended;
  });

  it("is told at half of its token's life when that is short", async () => {
    const { inbox, close } = await open(tokenOf({ expiresIn: 60 }));
    clock.advance(28_000);
    expect(inbox.received.filter(expiring)).toEqual([]);
    clock.advance(3_000);
    await inbox.first(expiring);
    close();
  });

  it("is sent away to come back at once before it is an hour old", async () => {
    const { inbox, ended } = await open(tokenOf({ expiresIn: 7_200 }));
    clock.advance(minutes(49));
    expect(inbox.received.filter(closed)).toEqual([]);
    clock.advance(minutes(6));
    expect((await inbox.first(closed)).data).toMatchObject({ reason: "rotation", retry: "now" });
    await ended;
  });

  it("that has left is not thought of any more", async () => {
    const before = clock.pending;
    const { close } = await open(tokenOf());
    expect(clock.pending).toBeGreaterThan(before);
    close();
    // What is left lets go of the organization, once.
    await expect.poll(() => clock.pending).toBeLessThanOrEqual(before + 1);
  });
});

describe("a fresh token", () => {
  const rooms = () => [`org:${organizationId}`, "campus:north", "building:pier"];

  it("lets the connection go on in its rooms, until that one expires", async () => {
    const client = await openSocket(relay.url, tokenOf({ expiresIn: 600 }));
    await client.subscribe(rooms());
    const token = tokenOf({ expiresIn: 1_800 });
    expect(await client.authenticate(token)).toMatchObject({ ok: true, rooms: rooms() });
    clock.advance(minutes(20));
    await publish("library");
    await client.inbox.first(created);
    expect(client.inbox.received.filter(expiring)).toEqual([]);
    clock.advance(minutes(11));
    expect((await client.inbox.first(closed)).data).toMatchObject({ reason: "token-expired" });
  });

  it("that is short again is given notice of no sooner than it is half over", async () => {
    const client = await openSocket(relay.url, tokenOf({ expiresIn: 60 }));
    await client.subscribe(rooms());
    for (const count of [1, 2, 3]) {
      clock.advance(31_000);
      await client.inbox.atLeast(count, expiring);
      const expiresIn = 60 + (clock.now() - Date.now()) / 1_000;
      expect(await client.authenticate(tokenOf({ expiresIn }))).toMatchObject({ ok: true });
    }
    await publish("library");
    await client.inbox.first(created);
    expect(client.inbox.received.filter(expiring)).toHaveLength(3);
    client.close();
  });

  it("that permits less ends what is no longer permitted, and nothing else", async () => {
    const client = await openSocket(relay.url, tokenOf());
    await client.subscribe(rooms());
    const answer = await client.authenticate(tokenOf({ role: "viewer", campusIds: ["harbor"] }));
    expect(answer).toMatchObject({ ok: true, rooms: ["building:pier"] });
    await publish("library");
    const last = await publish("pier");
    expect((await client.inbox.first(created)).data).toMatchObject({ id: last, buildingId: "pier" });
    expect(await client.subscribe(["campus:north"])).toMatchObject({ error: { reason: "scope-exceeded" } });
    client.close();
  });

  it.each<readonly [string, () => unknown, string]>([
    ["that is none", () => "garbage", "token-invalid"],
    ["that is no text", () => 7, "body-invalid"],
    ["that has expired", () => tokenOf({ expiresIn: -60 }), "token-expired"],
    ["of another member", () => tokenOf({ uid: "other" }), "token-invalid"],
    ["of another organization", () => tokenOf({ organizationId: "other" }), "token-invalid"],
  ])("%s is refused, and the connection stays as it was", async (_, token, reason) => {
    const client = await openSocket(relay.url, tokenOf());
    await client.subscribe(rooms());
    expect(await client.authenticate(token())).toMatchObject({
      ok: false,
      error: { reason, field: "token" },
    });
    await publish("library");
    await client.inbox.first(created);
    client.close();
  });
});
