import { sumCells } from "@faultline/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { alertEvent, cellOf, entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { handshake } from "../../test/handshake.ts";
import { isNamed } from "../../test/inbox.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openStream, type StreamClient, type StreamRequest } from "../../test/stream.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const clock = new ManualClock();
let relay: RunningRelay;
let organizationId: string;
let token: string;
let publisher: Publisher;
let open: StreamClient[];

const cells = [cellOf("library", 3, 2), cellOf("museum", 1, 1), cellOf("pier", 1, 5)];

beforeAll(async () => {
  relay = await runRelay({ firestore, clock, origins: ["https://app.example"] });
});
afterAll(() => relay.close());
beforeEach(async () => {
  organizationId = newOrganization();
  token = unsignedToken({ organizationId });
  publisher = createPublisher(inject("redisUrl"), organizationId);
  open = [];
  await seed(firestore, organizationId, cells);
});
afterEach(async () => {
  for (const stream of open) stream.close();
  await publisher.close();
});

async function stream(path: string, request: StreamRequest = { token }): Promise<StreamClient> {
  const client = await openStream(relay.url, path, request);
  open.push(client);
  return client;
}

/** In steps: who reads nothing between two heartbeats is sent away. */
async function passHalfMinute({ asides }: StreamClient): Promise<void> {
  for (const count of [1, 2, 3]) {
    clock.advance(10_000);
    await expect.poll(() => asides.filter((line) => line.startsWith(":"))).toHaveLength(count);
  }
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
  fetch(`${relay.url}/api/realtime/${path}`, { method, headers });
const bearer = () => ({ authorization: `Bearer ${token}` });

describe("a stream", () => {
  it("says what it is and when to come back before anything else", async () => {
    const { headers, asides } = await stream("issues");
    expect(headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(headers.get("cache-control")).toBe("no-cache, no-transform");
    expect(headers.get("x-accel-buffering")).toBe("no");
    await expect.poll(() => asides[0]).toBe("retry: 3000");
  });

  it("shows by comments that it is alive", async () => {
    const { asides } = await stream("issues");
    clock.advance(10_000);
    await expect.poll(() => asides.filter((line) => line.startsWith(":"))).toHaveLength(1);
    clock.advance(10_000);
    await expect.poll(() => asides.filter((line) => line.startsWith(":"))).toHaveLength(2);
  });

  it("tells at the start and with every heartbeat up to where it was sent everything, whatever it carries", async () => {
    const { asides, inbox } = await stream("issues?room=campus:harbor");
    const ids = () => asides.filter((line) => line.startsWith("id: ")).map((line) => line.slice(4));
    await expect.poll(ids).toHaveLength(1);
    const elsewhere = await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    const overseer = await stream(`issues?since=${ids()[0]}`);
    await overseer.inbox.first(({ id }) => id === elsewhere);
    clock.advance(10_000);
    await expect.poll(() => ids()[1]).toBe(elsewhere);
    expect(inbox.received).toEqual([]);
  });

  it("answers HEAD without opening anything", async () => {
    const answer = await get("issues", bearer(), "HEAD");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  });

  it("of issues carries issues only", async () => {
    const { inbox } = await stream("issues");
    await publisher.publish(entryOf(alertEvent(organizationId, "north", null)));
    const id = await publisher.publish(
      entryOf(issueEvent(organizationId, "library"), cellOf("library", 4, 3)),
    );
    expect(await inbox.first(() => true)).toMatchObject({ name: "issue:created", id });
    await publisher.publish(entryOf(issueEvent(organizationId, "pier", { version: 9 })));
    await inbox.first(({ data }) => data.version === 9);
    expect(inbox.received.map(({ name }) => name)).toEqual(["issue:created", "issue:created"]);
  });

  it("of everything begins with the state, once", async () => {
    const { inbox } = await stream("events?room=campus:harbor");
    const [heat, stats] = await inbox.atLeast(2, () => true);
    expect(heat).toMatchObject({ name: "heatmap:updated", data: { data: { cells: [cells[2]] } } });
    expect(heat?.id).toBeUndefined();
    expect(stats).toMatchObject({ name: "stats:updated", data: { data: { scope: "campus:harbor" } } });
    await publisher.publish(entryOf(alertEvent(organizationId, "harbor", null)));
    await inbox.first(isNamed("maintenance:alert"));
    expect(inbox.received).toHaveLength(3);
  });

  it("from a position that the log does not have says what was lost, and where to go on from", async () => {
    const position = await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    const headers = { "Last-Event-ID": "7-7" };
    const byHeader = await stream(`issues?since=${position}`, { token, headers });
    const lost = { name: "sync:lost", data: { position }, id: position };
    expect(await byHeader.inbox.first(() => true)).toEqual(lost);
    const current = await stream(`issues?since=${position}`);
    await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    expect(await current.inbox.first(() => true)).toMatchObject({ name: "issue:created" });
  });
});

describe("streams", () => {
  it("that end in the middle of it do no harm to the others", async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => stream("events")));
    const [last] = streams.slice(-1);
    const leaving = streams.slice(0, -1);
    for (const version of Array.from({ length: 40 }, (_, at) => at + 1)) {
      if (version % 2 === 0) leaving.pop()?.close();
      await publisher.publish(entryOf(issueEvent(organizationId, "library", { version })));
      clock.advance(10_000);
    }
    const events = await last?.inbox.atLeast(40, isNamed("issue:created"));
    expect(events?.map(({ data }) => data.version)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  });
});

describe("a stream of snapshots", () => {
  it("of the heat map begins with all cells, tells changes, and repeats itself", async () => {
    const opened = await stream("heatmap");
    const { inbox } = opened;
    expect(await inbox.first(() => true)).toEqual({ name: "snapshot", data: { cells } });
    const newer = cellOf("library", 4, 7);
    await publisher.publish(entryOf(issueEvent(organizationId, "library"), newer));
    const { data } = await inbox.first(isNamed("heatmap:updated"));
    expect(data.data.cells).toEqual([newer]);
    await passHalfMinute(opened);
    const [, again] = await inbox.atLeast(2, isNamed("snapshot"));
    expect(again?.data.cells).toEqual(expect.arrayContaining([newer, cells[1], cells[2]]));
    expect(new Set(inbox.received.map(({ name }) => name))).toEqual(new Set(["snapshot", "heatmap:updated"]));
  });

  it("of several campuses' heat map is one", async () => {
    const { inbox } = await stream("heatmap?room=campus:north&room=campus:harbor");
    expect((await inbox.first(() => true)).data.cells).toEqual(cells);
  });

  it("of stats has one for each room, which is the sum of its cells", async () => {
    const opened = await stream(`stats?room=org:${organizationId}&room=campus:north&room=building:pier`);
    const { inbox } = opened;
    const snapshots = await inbox.atLeast(3, isNamed("snapshot"));
    expect(snapshots.map(({ data }) => data)).toEqual([
      { scope: `org:${organizationId}`, stats: sumCells(cells) },
      { scope: "campus:north", stats: sumCells(cells.slice(0, 2)) },
      { scope: "building:pier", stats: sumCells(cells.slice(2)) },
    ]);
    await passHalfMinute(opened);
    await inbox.atLeast(6, isNamed("snapshot"));
  });
});

describe("a stream is refused", () => {
  const refused = async (answer: Response, status: number, reason: string, field?: string) => {
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const body = await answer.json();
    expect(body).toMatchObject({ status, reason, ...(field !== undefined && { field }) });
    expect(body).toMatchObject({
      type: `urn:faultline:error:${reason}`,
      title: expect.any(String),
      detail: expect.any(String),
      code: expect.any(String),
      retry: false,
    });
    expect(answer.status).toBe(status);
  };

  it.each<readonly [string, () => Record<string, string>, number, string]>([
    ["without a token", () => ({}), 401, "token-missing"],
    ["with another scheme", () => ({ authorization: `Basic ${token}` }), 401, "token-missing"],
    ["with garbage", () => ({ authorization: "Bearer garbage" }), 401, "token-invalid"],
    [
      "with an expired token",
      () => ({ authorization: `Bearer ${unsignedToken({ organizationId, expiresIn: -60 })}` }),
      401,
      "token-expired",
    ],
    [
      "without an organization",
      () => ({ authorization: `Bearer ${unsignedToken({})}` }),
      403,
      "organization-missing",
    ],
  ])("%s", async (_, headers, status, reason) => {
    const answer = await get("events", headers());
    await refused(answer, status, reason);
    if (status === 401) expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  it.each<readonly [string, () => string, number, string, string]>([
    ["a malformed room", () => "events?room=floor:1", 400, "room-invalid", "room"],
    ["a foreign room", () => "events?room=org:other", 403, "room-foreign", "room"],
    ["an unknown building", () => "issues?room=building:moon", 404, "building-unknown", "room"],
    ["a room it has no events of", () => "heatmap?room=building:pier", 400, "room-invalid", "room"],
    [
      "a malformed room among others",
      () => "events?room=building:pier&room=floor:1",
      400,
      "room-invalid",
      "room.1",
    ],
    [
      "an unknown building among others",
      () => "events?room=building:moon&room=building:pier",
      404,
      "building-unknown",
      "room.0",
    ],
    [
      "a room among others that it has no events of",
      () => "heatmap?room=campus:north&room=building:pier",
      400,
      "room-invalid",
      "room.1",
    ],
    ["an unknown parameter", () => "events?rooms=x", 400, "query-invalid", "rooms"],
    ["a token in the URL", () => `events?token=${token}`, 400, "query-invalid", "token"],
    ["two tickets", () => "events?ticket=a&ticket=b", 400, "query-invalid", "ticket"],
    ["a malformed position", () => "events?since=now", 400, "position-invalid", "since"],
  ])("for %s", async (_, path, status, reason, field) => {
    await refused(await get(path(), bearer()), status, reason, field);
  });

  it("for a malformed Last-Event-ID", async () => {
    const answer = await get("events", { ...bearer(), "Last-Event-ID": "x" });
    await refused(answer, 400, "position-invalid", "Last-Event-ID");
  });

  it("for more rooms than a connection may have", async () => {
    const rooms = firestore.batch();
    const names = Array.from({ length: 129 }, (_, at) => `room-${at}`);
    for (const name of names) {
      const path = `organizations/${organizationId}/buildings/${name}`;
      rooms.set(firestore.doc(path), { id: name, campusId: "north" });
    }
    await rooms.commit();
    const query = names.map((name) => `room=building:${name}`).join("&");
    await refused(await get(`issues?${query}`, bearer()), 429, "too-many-rooms");
  });

  it("for a scoped member beyond the scope", async () => {
    token = unsignedToken({ organizationId, role: "viewer", campusIds: ["harbor"] });
    await refused(await get("events", bearer()), 403, "scope-exceeded", "room");
    const { inbox } = await stream("heatmap?room=campus:harbor");
    expect((await inbox.first(() => true)).data.cells).toEqual([cells[2]]);
  });

  it("where there is none", async () => {
    await refused(await get("nothing", bearer()), 404, "route-unknown");
    await refused(await get("events", bearer(), "POST"), 404, "route-unknown");
  });
});

describe("web pages", () => {
  const preflight = (origin: string) =>
    get("tickets", { origin, "access-control-request-method": "POST" }, "OPTIONS");

  it("of an allowed origin may read streams and get tickets", async () => {
    const answer = await preflight("https://app.example");
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(answer.headers.get("access-control-allow-headers")).toContain("Authorization");
    const { headers } = await stream("issues", { token, headers: { origin: "https://app.example" } });
    expect(headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(headers.get("vary")).toContain("Origin");
  });

  it("of another origin may not", async () => {
    const answer = await preflight("https://evil.example");
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("of another origin get no socket either, and are told so", async () => {
    const knock = (origin: string) => handshake(relay.url, "websocket", { origin });
    expect((await knock("https://app.example")).status).toBe(101);
    const { status, headers, body } = await knock("https://evil.example");
    expect(status).toBe(403);
    expect(headers["content-type"]).toContain("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ reason: "origin-refused", retry: false });
  });
});
