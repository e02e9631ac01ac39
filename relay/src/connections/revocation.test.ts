/** Members who change while they are connected, on every relay. */
import type { MemberChange } from "@faultline/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { openClient, transports } from "../../test/client.ts";
import { ManualClock } from "../../test/clock.ts";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { startProxy } from "../../test/proxy.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, refusalOf } from "../../test/socket.ts";
import { openStream } from "../../test/stream.ts";
import { type TokenOptions, unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
let relays: readonly RunningRelay[];
let publisher: Publisher;
let organizationId: string;
let uid: string;

beforeAll(async () => {
  relays = await Promise.all([runRelay({ firestore }), runRelay({ firestore })]);
});
afterAll(async () => {
  for (const relay of relays) await relay.close();
});
beforeEach(async () => {
  organizationId = newOrganization();
  uid = `member-of-${organizationId}`;
  publisher = createPublisher(inject("redisUrl"), organizationId);
  await seed(firestore, organizationId);
});
afterEach(() => publisher.close());

const tokenOf = (options: TokenOptions = {}) => unsignedToken({ uid, organizationId, ...options });
const closed = isNamed("session:closed");
const changeTo = (claims: MemberChange["claims"]): MemberChange => ({
  uid,
  organizationId,
  claims,
  at: new Date().toISOString(),
});
const narrowed = () => changeTo({ organizationId, role: "viewer", campusIds: ["harbor"] });

describe.each(transports)("over a %s", (transport) => {
  const open = (relay: RunningRelay, options: TokenOptions = {}) =>
    openClient(transport, relay.url, tokenOf(options), ["building:library"]);

  it("a removed member's connections end on every relay, and say why; others' stay", async () => {
    const clients = await Promise.all(relays.map((relay) => open(relay)));
    const others = await Promise.all(relays.map((relay) => open(relay, { uid: "other" })));
    await publisher.changeMember(changeTo(null));
    for (const { inbox, ended } of clients) {
      expect((await inbox.first(closed)).data).toMatchObject({ reason: "access-revoked", retry: "never" });
      await ended;
    }
    await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    for (const { inbox, close } of others) {
      await inbox.first(isNamed("issue:created"));
      close();
    }
  });

  it("a change that was missed takes effect when Redis is back", async () => {
    const proxy = await startProxy(Number(new URL(inject("redisUrl")).port));
    const relay = await runRelay({ firestore, redisUrl: `redis://127.0.0.1:${proxy.port}` });
    const { inbox, ended } = await open(relay);
    proxy.cut();
    await publisher.changeMember(changeTo(null));
    proxy.heal();
    expect((await inbox.first(closed)).data).toMatchObject({ reason: "access-revoked" });
    await ended;
    await relay.close();
    await proxy.close();
  });

  it("a token or ticket from before the change opens nothing, one from after it does", async () => {
    const [relay] = relays as [RunningRelay];
    const headers = { authorization: `Bearer ${tokenOf()}` };
    const issued = await fetch(`${relay.url}/api/realtime/tickets`, { method: "POST", headers });
    const { ticket } = (await issued.json()) as { ticket: string };
    await publisher.changeMember(narrowed());
    if (transport === "socket") {
      expect(await refusalOf(relay.url, { token: tokenOf() })).toMatchObject({
        reason: "token-outdated",
        status: 401,
      });
    } else {
      const rooms = "events?room=building:pier";
      await expect(openStream(relay.url, rooms, { token: tokenOf() })).rejects.toThrow(/token-outdated/);
      await expect(openStream(relay.url, `${rooms}&ticket=${ticket}`)).rejects.toThrow(/token-outdated/);
    }
    const fresh = tokenOf({ role: "viewer", campusIds: ["harbor"], age: 0 });
    (await openClient(transport, relay.url, fresh, ["building:pier"])).close();
  });
});

describe("a member whose scope is narrowed", () => {
  it("loses on a socket what is no longer theirs, at once, and is asked for a fresh token", async () => {
    const clock = new ManualClock(Date.now());
    const relay = await runRelay({ firestore, clock });
    const { subscribe, inbox, ended } = await openSocket(relay.url, tokenOf());
    await subscribe([`org:${organizationId}`, "building:pier"]);
    await publisher.changeMember(narrowed());
    await expect.poll(() => clock.advance(0) ?? inbox.named("session:expiring")).toHaveLength(1);
    await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    const seen = await publisher.publish(entryOf(issueEvent(organizationId, "pier")));
    expect((await inbox.first(isNamed("issue:created"))).data.id).toBe(seen);
    expect(await subscribe([`org:${organizationId}`])).toMatchObject({ error: { reason: "scope-exceeded" } });
    clock.advance(60_000);
    expect((await inbox.first(closed)).data).toMatchObject({ reason: "token-expired", retry: "token" });
    await ended;
    await relay.close();
  });

  it("stays, with what is left, when the fresh token comes in time", async () => {
    const clock = new ManualClock(Date.now());
    const relay = await runRelay({ firestore, clock });
    const { subscribe, authenticate, inbox, close } = await openSocket(relay.url, tokenOf());
    await subscribe([`org:${organizationId}`, "building:pier"]);
    await publisher.changeMember(narrowed());
    await expect.poll(() => clock.advance(0) ?? inbox.named("session:expiring")).toHaveLength(1);
    expect(await authenticate(tokenOf())).toMatchObject({ error: { reason: "token-outdated" } });
    const fresh = tokenOf({ role: "viewer", campusIds: ["harbor"], age: 0 });
    expect(await authenticate(fresh)).toMatchObject({ ok: true, rooms: ["building:pier"] });
    clock.advance(120_000);
    await publisher.publish(entryOf(issueEvent(organizationId, "pier")));
    await inbox.first(isNamed("issue:created"));
    close();
    await relay.close();
  });

  it("is sent away from a stream, which has no way to show another token", async () => {
    const [relay] = relays as [RunningRelay];
    const { inbox, ended } = await openStream(relay.url, "events?room=building:pier", { token: tokenOf() });
    await publisher.changeMember(narrowed());
    expect((await inbox.first(closed)).data).toMatchObject({ reason: "access-changed", retry: "token" });
    await ended;
  });

  it("is sent away when the change moved them to another organization", async () => {
    const [relay] = relays as [RunningRelay];
    const { inbox, ended, subscribe } = await openSocket(relay.url, tokenOf());
    await subscribe(["building:pier"]);
    const other = newOrganization();
    await publisher.changeMember({
      ...changeTo({ organizationId: other, role: "admin" }),
      organizationId: other,
    });
    expect((await inbox.first(closed)).data).toMatchObject({ reason: "access-changed" });
    await ended;
  });
});

it("what is no change of a member is dropped, and does no harm", async () => {
  const [relay] = relays as [RunningRelay];
  const { inbox, close } = await openClient("socket", relay.url, tokenOf(), ["building:library"]);
  for (const change of [undefined, null, 7, "x", [], {}, { ...changeTo(null), at: "yesterday" }, { uid }])
    await publisher.pushRaw(change, "faultline:member");
  await publisher.publish(entryOf(issueEvent(organizationId, "library")));
  await inbox.first(isNamed("issue:created"));
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  expect(metrics).toMatch(/malformed_total\{[^}]*member-change[^}]*\} 8/);
  close();
});
