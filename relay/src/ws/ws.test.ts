import { type ErrorBody, roomsPerRequest, type SubscribeAck } from "@faultline/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { cellOf, entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, refusalOf, type SocketClient } from "../../test/socket.ts";
import { type TokenOptions, unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
let relay: RunningRelay;
let publisher: Publisher;
let client: SocketClient;

beforeAll(async () => {
  relay = await runRelay({ firestore });
  publisher = createPublisher(inject("redisUrl"), organizationId);
  await seed(firestore, organizationId, [cellOf("library", 1, 2)]);
});
afterAll(async () => {
  await publisher.close();
  await relay.close();
});
beforeEach(async () => {
  client = await connect();
});
afterEach(() => client.close());

const connect = (token: TokenOptions = {}) =>
  openSocket(relay.url, unsignedToken({ organizationId, ...token }));
const org = `org:${organizationId}`;
const reported = isNamed("issue:created");
const publish = () => publisher.publish(entryOf(issueEvent(organizationId, "library")));

async function errorOf(answer: Promise<SubscribeAck>): Promise<ErrorBody> {
  const { error } = (await answer) as { error: ErrorBody };
  return error;
}

describe("a connection", () => {
  it.each<readonly [string, () => object, string, number, string]>([
    ["without a token", () => ({}), "unauthenticated", 401, "token-missing"],
    ["with a token that is no text", () => ({ token: { a: 1 } }), "unauthenticated", 401, "token-missing"],
    ["with garbage", () => ({ token: "garbage" }), "unauthenticated", 401, "token-invalid"],
    [
      "with an expired token",
      () => ({ token: unsignedToken({ organizationId, expiresIn: -60 }) }),
      "unauthenticated",
      401,
      "token-expired",
    ],
    [
      "with another project's token",
      () => ({ token: unsignedToken({ organizationId, projectId: "other" }) }),
      "unauthenticated",
      401,
      "token-invalid",
    ],
    [
      "without an organization",
      () => ({ token: unsignedToken({}) }),
      "permission-denied",
      403,
      "organization-missing",
    ],
  ])("%s is refused", async (_, auth, code, status, reason) => {
    expect(await refusalOf(relay.url, auth())).toMatchObject({ code, status, reason, retry: false });
  });

  it("to another namespace is refused", async () => {
    const other = client.socket.io.socket("/admin", { auth: { token: unsignedToken({ organizationId }) } });
    const error = await new Promise<Error>((resolve) => other.once("connect_error", resolve).connect());
    expect(error.message).toBe("Invalid namespace");
  });

  it("is ended when a message is larger than allowed", async () => {
    const ended = new Promise((resolve) => client.socket.once("disconnect", resolve));
    client.socket.emit("subscribe", { rooms: ["x".repeat(70_000)] });
    await ended;
  });

  it("can't poll unless that is enabled; then it gets the same", async () => {
    const answer = await fetch(`${relay.url}/api/realtime/socket.io/?EIO=4&transport=polling`);
    expect(answer.status).toBe(400);
    const patient = await runRelay({ firestore, polling: true });
    const token = unsignedToken({ organizationId });
    const poller = await openSocket(patient.url, token, { transports: ["polling"] });
    expect(await poller.subscribe([org])).toMatchObject({ ok: true });
    const id = await publish();
    expect((await poller.inbox.first(reported)).data.id).toBe(id);
    poller.close();
    await patient.close();
  });
});

describe("subscribing", () => {
  it("is answered with all rooms and the position where live begins", async () => {
    const position = await publish();
    expect(await client.subscribe(["campus:north"])).toEqual({
      ok: true,
      rooms: ["campus:north"],
      position,
      recovered: true,
      replayed: 0,
    });
    const answer = await client.subscribe(["building:library", "campus:north"]);
    expect(answer).toMatchObject({ ok: true, rooms: ["campus:north", "building:library"] });
    const next = await publish();
    expect((await client.inbox.first(reported)).data.id).toBe(next);
    expect(client.inbox.received.filter(reported)).toHaveLength(1);
  });

  it.each<readonly [string, () => unknown, number, string, string]>([
    ["a room of no kind", () => [org, "campus:north", "floor:1"], 400, "room-invalid", "rooms.2"],
    ["a room without an id", () => ["org:"], 400, "room-invalid", "rooms.0"],
    ["a room that tries to leave its tenant", () => ["campus:../x"], 400, "room-invalid", "rooms.0"],
    ["a foreign organization", () => [org, "org:other"], 403, "room-foreign", "rooms.1"],
    ["a foreign heat map", () => ["heatmap:other"], 403, "room-foreign", "rooms.0"],
    ["an unknown campus", () => ["campus:moon"], 404, "campus-unknown", "rooms.0"],
    ["an unknown building", () => [org, "building:moon"], 404, "building-unknown", "rooms.1"],
    ["no rooms", () => [], 400, "body-invalid", "rooms"],
    ["rooms that are no list", () => org, 400, "body-invalid", "rooms"],
    ["a room that is no text", () => [org, 7], 400, "body-invalid", "rooms.1"],
    [
      "more rooms than one message may name",
      () => Array.from({ length: roomsPerRequest + 1 }, () => org),
      400,
      "body-invalid",
      "rooms",
    ],
  ])("to %s is refused, and nothing is joined", async (_, rooms, status, reason, field) => {
    expect(await errorOf(client.subscribe(rooms()))).toMatchObject({ status, reason, field });
    expect(await client.unsubscribe(["campus:harbor"])).toEqual({ ok: true, rooms: [] });
  });

  it("of a scoped member reaches no further than the scope", async () => {
    const scoped = await connect({ role: "viewer", campusIds: ["harbor"], buildingIds: ["museum"] });
    for (const room of [org, `heatmap:${organizationId}`, "campus:north", "building:library"]) {
      const error = await errorOf(scoped.subscribe([room]));
      expect(error, room).toMatchObject({ status: 403, reason: "scope-exceeded", field: "rooms.0" });
    }
    const rooms = ["campus:harbor", "building:pier", "building:museum"];
    expect(await scoped.subscribe(rooms)).toMatchObject({ ok: true, rooms });
    scoped.close();
  });

  it("to more rooms than a connection may have is refused, and those that it has stay", async () => {
    const places = firestore.batch();
    const names = Array.from({ length: roomsPerRequest }, (_, at) => `room-${at}`);
    for (const name of names) {
      const path = `organizations/${organizationId}/buildings/${name}`;
      places.set(firestore.doc(path), { id: name, campusId: "north" });
    }
    await places.commit();
    const rooms = names.map((name) => `building:${name}`);
    await expect.poll(() => client.subscribe(rooms), { timeout: 8_000 }).toMatchObject({ ok: true, rooms });
    expect(await errorOf(client.subscribe([org]))).toMatchObject({
      status: 429,
      reason: "too-many-rooms",
      field: "rooms",
    });
    expect(await client.subscribe(rooms.slice(0, 1))).toMatchObject({ ok: true, rooms });
  });

  it.each<readonly [string, unknown, string]>([
    ["nothing", undefined, "body"],
    ["null", null, "body"],
    ["a list", [org], "body"],
    ["text", "org", "body"],
    ["an unknown field", { rooms: [org], room: org }, "room"],
  ])("with %s is refused", async (_, request, field) => {
    const answer = client.socket.timeout(8_000).emitWithAck("subscribe", request);
    expect(await errorOf(answer)).toMatchObject({ status: 400, reason: "body-invalid", field });
  });

  it("without a callback works all the same, and garbage does no harm", async () => {
    const { socket, inbox } = client;
    socket.emit("subscribe");
    socket.emit("subscribe", { rooms: 1 });
    socket.emit("unsubscribe", null, "more");
    socket.emit("error", { a: 1 });
    socket.emit("no such event", { b: 2 }, Buffer.from("binary"));
    socket.emit("subscribe", { rooms: [org] });
    await client.unsubscribe(["campus:north"]);
    await publish();
    await inbox.first(reported);
  });

  it("from a position that is where live begins is recovered, from one that the log does not have it is lost", async () => {
    const old = "7-7";
    const position = await publish();
    expect(await client.subscribe([org], position)).toMatchObject({ recovered: true, position });
    const late = await connect();
    expect(await late.subscribe([org], old)).toMatchObject({ recovered: false, replayed: 0, position });
    expect((await late.inbox.first(isNamed("sync:lost"))).data).toEqual({ position });
    expect(client.inbox.named("sync:lost")).toEqual([]);
    expect(await errorOf(late.subscribe([org], "yesterday"))).toMatchObject({
      status: 400,
      reason: "position-invalid",
      field: "since",
    });
    late.close();
  });

  it("shows what the rooms show just now, after the answer", async () => {
    await client.subscribe([org, "building:library"]);
    const heat = await client.inbox.first(isNamed("heatmap:updated"));
    expect(heat.data.id).toBeUndefined();
    expect(heat.data.data.cells).toEqual([cellOf("library", 1, 2)]);
    const stats = await client.inbox.atLeast(2, isNamed("stats:updated"));
    expect(stats.map(({ data }) => data.data.scope).sort()).toEqual(["building:library", org].sort());
  });

  it("and unsubscribing in one breath happen in that order", async () => {
    const answers = await Promise.all([
      client.subscribe([org, "building:library"]),
      client.unsubscribe([org]),
      client.subscribe(["campus:harbor"]),
      client.unsubscribe(["building:library"]),
    ]);
    expect(answers.at(-1)).toEqual({ ok: true, rooms: ["campus:harbor"] });
  });

  it("too much at once is refused instead of remembered", async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => client.subscribe(["campus:north"])));
    const refused = answers.filter((answer) => !answer.ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ error: { status: 429, reason: "rate-limited", retry: true } });
    expect(answers[0]).toMatchObject({ ok: true });
  });
});

describe("unsubscribing", () => {
  it("ends what a room sends, and leaves the others", async () => {
    const other = await connect();
    await other.subscribe([org]);
    await client.subscribe(["building:library", "building:pier"]);
    expect(await client.unsubscribe(["building:library", "campus:moon"])).toEqual({
      ok: true,
      rooms: ["building:pier"],
    });
    await publish();
    await other.inbox.first(reported);
    await publisher.publish(entryOf(issueEvent(organizationId, "pier")));
    const { data } = await client.inbox.first(reported);
    expect(data.buildingId).toBe("pier");
    other.close();
  });

  it("from a malformed room is refused", async () => {
    const { error } = (await client.unsubscribe([org, "x"])) as { error: ErrorBody };
    expect(error).toMatchObject({ status: 400, reason: "room-invalid", field: "rooms.1" });
  });
});
