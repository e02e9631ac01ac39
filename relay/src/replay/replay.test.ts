import { issueEventTypes, type LogEntry, redisKeys } from "@faultline/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Client, openClient, type TransportName, transports } from "../../test/client.ts";
import { alertEvent, type BuildingId, cellOf, entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed, type Received } from "../../test/inbox.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket } from "../../test/socket.ts";
import { openStream } from "../../test/stream.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const entries = 300;
let relays: readonly RunningRelay[];
let organizationId: string;
let publisher: Publisher;
let clients: { close(): void }[];

beforeAll(async () => {
  const limits = { replay: { entries } };
  relays = await Promise.all([runRelay({ firestore, limits }), runRelay({ firestore, limits })]);
});
afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.close()));
});
beforeEach(async () => {
  organizationId = newOrganization();
  publisher = createPublisher(inject("redisUrl"), organizationId);
  clients = [];
  await seed(firestore, organizationId);
});
afterEach(async () => {
  for (const client of clients) client.close();
  await publisher.close();
});

const kept = isNamed(...issueEventTypes, "maintenance:alert");
const versions = (client: Client) => client.inbox.received.filter(kept).map(({ data }) => data.version);
const report = (version: number, building: BuildingId = "library"): LogEntry =>
  entryOf(issueEvent(organizationId, building, { version }), cellOf(building, version, 1));

async function open(
  transport: TransportName,
  rooms: readonly string[],
  { since = undefined as string | undefined, relay = relays[0] } = {},
): Promise<Client> {
  const token = unsignedToken({ organizationId });
  const client = await openClient(transport, relay?.url ?? "", token, rooms, since);
  clients.push(client);
  return client;
}

async function connect() {
  const client = await openSocket(relays[0]?.url ?? "", unsignedToken({ organizationId }));
  clients.push(client);
  return client;
}

/** Reports issues with these versions; gives the positions. */
async function reportAll(first: number, last: number, building: BuildingId = "library"): Promise<string[]> {
  const positions: string[] = [];
  for (let version = first; version <= last; version += 1)
    positions.push(await publisher.publish(report(version, building)));
  return positions;
}

/** What a client has been sent once it has the event with this version. */
async function upTo(client: Client, version: number): Promise<readonly number[]> {
  await client.inbox.first((message) => kept(message) && message.data.version === version);
  return versions(client);
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe.each(transports)("who comes back over a %s", (transport) => {
  it.each([
    ["to the relay they were on", 0],
    ["to another relay", 1],
  ])("%s gets exactly what was missed, in order, then what happens", async (_, at) => {
    const first = await open(transport, [`org:${organizationId}`]);
    await reportAll(1, 3);
    await upTo(first, 3);
    first.close();
    const since = first.inbox.received.filter(kept).at(-1)?.data.id;
    const missed = await reportAll(4, 9);
    const second = await open(transport, [`org:${organizationId}`], { since, relay: relays[at] });
    await reportAll(10, 11);
    expect(await upTo(second, 11)).toEqual(range(4, 11));
    const events = second.inbox.received.filter(kept);
    expect(events.slice(0, 6).map(({ data }) => data.id)).toEqual(missed);
    if (transport === "stream") expect(events.map(({ id }) => id)).toEqual(events.map(({ data }) => data.id));
    expect(second.inbox.named("sync:lost")).toEqual([]);
  });

  it("gets only what their rooms missed", async () => {
    const [since] = await reportAll(1, 1);
    await reportAll(2, 3, "pier");
    await reportAll(4, 5, "museum");
    await publisher.publish(entryOf(alertEvent(organizationId, "north", null)));
    await reportAll(6, 6);
    const client = await open(transport, ["building:museum", "campus:harbor"], { since });
    await publisher.publish(report(7, "museum"));
    expect(await upTo(client, 7)).toEqual([2, 3, 4, 5, 7]);
  });

  it("gets every event once in the midst of a storm of them", async () => {
    const total = 150;
    const [since] = await reportAll(1, 1);
    const writing = reportAll(2, total);
    for (let at = 0; at < 12; at += 1) {
      const client = await open(transport, [`org:${organizationId}`], { since, relay: relays[at % 2] });
      clients.push(client);
    }
    await writing;
    for (const client of clients as Client[]) expect(await upTo(client, total)).toEqual(range(2, total));
  });

  it("gets as many as the limit, and beyond it is told that it is lost, never a part", async () => {
    const positions = await reportAll(0, entries + 1);
    const [tooFar, justNot] = positions;
    const within = await open(transport, [`org:${organizationId}`], { since: justNot });
    const beyond = await open(transport, [`org:${organizationId}`], { since: tooFar });
    expect(await upTo(within, entries + 1)).toEqual(range(2, entries + 1));
    const lost = await beyond.inbox.first(isNamed("sync:lost"));
    expect(lost.data).toEqual({ position: positions.at(-1) });
    await publisher.publish(report(entries + 2));
    expect(await upTo(beyond, entries + 2)).toEqual([entries + 2]);
    expect(within.inbox.named("sync:lost")).toEqual([]);
  });

  it.each<readonly [string, (positions: readonly string[]) => Promise<string> | string]>([
    [
      "that was trimmed",
      async ([first = ""]) => {
        await publisher.redis.xtrim(redisKeys.log(organizationId), "MAXLEN", 2);
        return first;
      },
    ],
    ["of another Redis", ([first = ""]) => `${Number.parseInt(first, 10) - 5}-3`],
    ["between two entries", ([, second = ""]) => `${second.split("-")[0]}-77`],
    ["of the future", () => "900000000000000-0"],
    ["before every log", () => "0-0"],
  ])("from a position %s is told that it is lost, and goes on from the log's end", async (_, since) => {
    const positions = await reportAll(1, 5);
    const client = await open(transport, [`org:${organizationId}`], { since: await since(positions) });
    await publisher.publish(report(6));
    expect(await upTo(client, 6)).toEqual([6]);
    const [lost, ...more] = client.inbox.received.filter(isNamed("sync:lost"));
    expect(more).toEqual([]);
    expect(lost?.data).toEqual({ position: positions.at(-1) });
    expect(client.inbox.received.indexOf(lost as Received)).toBe(0);
  });

  it("with a position that this relay has not heard of yet waits for it to catch up", async () => {
    const watching = await open(transport, [`org:${organizationId}`]);
    await publisher.append(report(1));
    const since = await publisher.append(report(2));
    const client = await open(transport, [`org:${organizationId}`], { since });
    await publisher.publish(report(3));
    expect(await upTo(client, 3)).toEqual([3]);
    expect(await upTo(watching, 3)).toEqual([1, 2, 3]);
    expect(client.inbox.named("sync:lost")).toEqual([]);
  });

  it("to an organization where nothing has happened for so long that its log expired has missed nothing", async () => {
    const [, since] = await reportAll(1, 2);
    await publisher.redis.del(redisKeys.log(organizationId));
    const client = await open(transport, [`org:${organizationId}`], { since, relay: relays[1] });
    await reportAll(3, 3);
    const later = await open(transport, [`org:${organizationId}`], { since });
    for (const each of [client, later]) {
      expect(await upTo(each, 3)).toEqual([3]);
      expect(each.inbox.named("sync:lost")).toEqual([]);
    }
  });

  it("from before an organization's first event gets all of them; from before another log's is told that it is lost", async () => {
    const watching = await connect();
    const answer = await watching.subscribe([`org:${organizationId}`]);
    const since = answer.ok ? answer.position : "";
    await reportAll(1, 2);
    expect(await upTo(await open(transport, [`org:${organizationId}`], { since }), 2)).toEqual([1, 2]);
    await publisher.redis.del(redisKeys.log(organizationId), redisKeys.head(organizationId));
    await reportAll(3, 3);
    const lost = await open(transport, [`org:${organizationId}`], { since, relay: relays[1] });
    await lost.inbox.first(isNamed("sync:lost"));
    await reportAll(4, 4);
    expect(await upTo(lost, 4)).toEqual([4]);
  });

  it("past entries that can't be read gets the others", async () => {
    const [since] = await reportAll(1, 1);
    await publisher.appendText("{");
    await reportAll(2, 3);
    const client = await open(transport, [`org:${organizationId}`], { since });
    expect(await upTo(client, 3)).toEqual([2, 3]);
  });

  it("gets heat map and stats as they are, not as they were", async () => {
    const [since] = await reportAll(1, 1);
    await reportAll(2, 4);
    const client = await open(transport, [`org:${organizationId}`], { since });
    await client.inbox.first(isNamed("stats:updated"));
    expect(client.inbox.received.map(({ name }) => name)).toEqual([
      ...Array(3).fill("issue:created"),
      "heatmap:updated",
      "stats:updated",
    ]);
  });
});

describe("subscribing with a position", () => {
  it("is answered before what was missed is sent", async () => {
    const [since, ...missed] = await reportAll(1, 4);
    const { socket } = await connect();
    const order: string[] = [];
    socket.onAny((name: string) => order.push(name));
    await new Promise<void>((resolve) => {
      socket.emit("subscribe", { rooms: [`org:${organizationId}`], since }, (answer: unknown) => {
        order.push("answer");
        expect(answer).toMatchObject({ ok: true, recovered: true, replayed: 3, position: missed.at(-1) });
        resolve();
      });
    });
    await expect.poll(() => order.slice(0, 4)).toEqual(["answer", ...Array(3).fill("issue:created")]);
  });

  it("to another room gets only what no room that was joined before had", async () => {
    const [first] = await reportAll(1, 1);
    await reportAll(2, 2, "museum");
    await reportAll(3, 3);
    const client = await connect();
    await client.subscribe(["building:library"], first);
    await reportAll(4, 4);
    await reportAll(5, 5, "pier");
    await client.inbox.first(({ data }) => data.version === 4);
    const answer = await client.subscribe([`org:${organizationId}`], first);
    expect(answer).toMatchObject({ recovered: true, replayed: 2 });
    await publisher.publish(report(6));
    expect(await upTo(client, 6)).toEqual([3, 4, 2, 5, 6]);
  });

  it("again to the same room gets what lies before it was joined", async () => {
    const [first] = await reportAll(1, 2);
    const client = await connect();
    await client.subscribe(["building:library"]);
    await reportAll(3, 3);
    await client.inbox.first(({ data }) => data.version === 3);
    expect(await client.subscribe(["building:library"], first)).toMatchObject({ replayed: 1 });
    expect(await client.subscribe(["building:library"], first)).toMatchObject({ replayed: 0 });
    await publisher.publish(report(4));
    expect(await upTo(client, 4)).toEqual([3, 2, 4]);
  });
});

describe("an event stream", () => {
  it("of issues replays no alerts, one of the heat map nothing", async () => {
    const [since = ""] = await reportAll(1, 1);
    await publisher.publish(entryOf(alertEvent(organizationId, "north", null)));
    await reportAll(2, 2);
    const token = unsignedToken({ organizationId });
    const headers = { "Last-Event-ID": since };
    const url = relays[0]?.url ?? "";
    const issues = await openStream(url, "issues", { token, headers });
    const heat = await openStream(url, "heatmap", { token, headers });
    clients.push(issues, heat);
    expect(await upTo(issues, 2)).toEqual([2]);
    await heat.inbox.first(isNamed("snapshot"));
    expect(heat.inbox.received.map(({ name }) => name)).toEqual(["snapshot"]);
    expect(issues.inbox.named("maintenance:alert")).toEqual([]);
  });

  it("tells at once from where it can be taken up, though nothing has happened yet", async () => {
    const [position] = await reportAll(1, 1);
    const token = unsignedToken({ organizationId });
    const stream = await openStream(relays[0]?.url ?? "", "issues", { token });
    clients.push(stream);
    await expect.poll(() => stream.asides).toContain(`id: ${position}`);
  });
});
