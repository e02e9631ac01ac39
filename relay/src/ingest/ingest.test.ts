import { type LogEntry, redisKeys } from "@faultline/contract";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { entryOf, issueEvent } from "../../test/fixtures.ts";
import { type Inbox, isNamed } from "../../test/inbox.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, silent, useFirestore } from "../../test/services.ts";
import { openSocket, type SocketClient } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";
import { createIngest, type IngestSink } from "./ingest.ts";
import { createLog, entriesPerPage, type Log } from "./log.ts";

const firestore = useFirestore();
const reported = isNamed("issue:created");
const versions = (inbox: Inbox) => inbox.received.filter(reported).map(({ data }) => data.version);

let organizationId: string;
let publisher: Publisher;
let client: SocketClient;

const entry = (version: number): LogEntry => entryOf(issueEvent(organizationId, "library", { version }));

async function subscribe(): Promise<void> {
  expect(await client.subscribe([`org:${organizationId}`])).toMatchObject({ ok: true });
}

describe("what is pushed", () => {
  const clock = new ManualClock();
  let relay: RunningRelay;
  beforeAll(async () => {
    relay = await runRelay({ firestore, clock });
  });
  afterAll(() => relay.close());
  beforeEach(async () => {
    organizationId = newOrganization();
    publisher = createPublisher(inject("redisUrl"), organizationId);
    client = await openSocket(relay.url, unsignedToken({ organizationId }));
  });
  afterEach(async () => {
    client.close();
    await publisher.close();
  });

  it("is delivered once, however often it is pushed", async () => {
    await subscribe();
    const positions = [await publisher.publish(entry(1)), await publisher.publish(entry(2))];
    for (const [at, position] of positions.entries()) await publisher.push(entry(at + 1), position);
    await publisher.publish(entry(3));
    await client.inbox.first(({ data }) => data.version === 3);
    expect(versions(client.inbox)).toEqual([1, 2, 3]);
  });

  it("is delivered in the order of the log, however it is pushed", async () => {
    await subscribe();
    const sent = new Map<number, string>();
    for (const version of [1, 2, 3, 4, 5]) sent.set(version, await publisher.append(entry(version)));
    await Promise.all(
      [4, 2, 5, 3, 1].map((version) => publisher.push(entry(version), sent.get(version) ?? "")),
    );
    await client.inbox.atLeast(5, reported);
    await publisher.publish(entry(6));
    await client.inbox.first(({ data }) => data.version === 6);
    expect(versions(client.inbox)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("brings along what was appended before it and never pushed, over many pages", async () => {
    await subscribe();
    const count = 2 * entriesPerPage + 7;
    for (let version = 1; version < count; version += 1) await publisher.append(entry(version));
    await publisher.publish(entry(count));
    await client.inbox.atLeast(count, reported);
    expect(versions(client.inbox)).toEqual(Array.from({ length: count }, (_, at) => at + 1));
  });

  it("and missed is found all the same after a while", async () => {
    await subscribe();
    await publisher.append(entry(1));
    clock.advance(30_000);
    await client.inbox.first(reported);
  });

  it("is ignored when it makes no sense", async () => {
    await subscribe();
    const position = "99999999999999-0";
    for (const push of [
      undefined,
      null,
      7,
      "text",
      {},
      { event: null },
      { event: { organizationId } },
      { event: { organizationId }, position, previous: "0-0" },
      { ...entry(1), position, previous: 7 },
      { ...entry(1), position: { $gt: "" }, previous: "0-0" },
      { event: { ...entry(1).event, type: "sync:lost" }, cells: [], position, previous: "0-0" },
    ]) {
      await publisher.pushRaw(push);
    }
    await publisher.publish(entry(2));
    await client.inbox.first(reported);
    expect(versions(client.inbox)).toEqual([2]);
  });

  it("is passed over when the log's entry can't be read, and what follows is delivered", async () => {
    await subscribe();
    await publisher.appendText("{");
    await publisher.appendText("");
    await publisher.append(entryOf(issueEvent("elsewhere", "library", { version: 9 })));
    await publisher.publish(entry(1));
    await client.inbox.first(reported);
    expect(versions(client.inbox)).toEqual([1]);
  });

  it("while the first subscriber arrives is neither lost nor doubled", async () => {
    let version = 0;
    let isDone = false;
    const publishing = (async () => {
      while (!isDone) await publisher.publish(entry(++version));
    })();
    const arrivals = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const late = await openSocket(relay.url, unsignedToken({ organizationId }));
        const answer = await late.subscribe([`org:${organizationId}`]);
        return { late, position: answer.ok ? answer.position : "" };
      }),
    );
    await client.subscribe([`org:${organizationId}`]);
    await client.inbox.atLeast(20, reported);
    isDone = true;
    await publishing;
    const stored = await publisher.redis.xrange(redisKeys.log(organizationId), "-", "+");
    for (const { late, position } of arrivals) {
      await late.inbox.first(({ data }) => data.version === version);
      const expected = stored.map(([id]) => id).slice(stored.findIndex(([id]) => id === position) + 1);
      expect(late.inbox.received.filter(reported).map(({ data }) => data.id)).toEqual(expected);
      late.close();
    }
  });

  it("is told as lost when the log does not reach back, and goes on from its end", async () => {
    await subscribe();
    await publisher.publish(entry(1));
    await client.inbox.first(reported);
    await publisher.append(entry(2));
    await publisher.append(entry(3));
    await publisher.redis.xtrim(redisKeys.log(organizationId), "MAXLEN", 1);
    const position = await publisher.publish(entry(4));
    expect((await client.inbox.first(isNamed("sync:lost"))).data).toEqual({ position });
    await publisher.publish(entry(5));
    await client.inbox.first(({ data }) => data.version === 5);
    expect(versions(client.inbox)).toEqual([1, 5]);
  });

  it("is told as lost when a log that was empty has been trimmed since", async () => {
    await subscribe();
    await publisher.append(entry(1));
    await publisher.append(entry(2));
    await publisher.redis.xtrim(redisKeys.log(organizationId), "MAXLEN", 1);
    const position = await publisher.publish(entry(3));
    expect((await client.inbox.first(isNamed("sync:lost"))).data).toEqual({ position });
    expect(versions(client.inbox)).toEqual([]);
  });
});

describe("an organization that nobody watches", () => {
  const clock = new ManualClock();
  const redis = new Redis(inject("redisUrl"));
  const log = createLog(redis);
  afterAll(() => redis.quit());

  it("is followed for a little longer, then costs nothing", async () => {
    const organizationId = newOrganization();
    const told: string[] = [];
    const reads: string[] = [];
    const sink: IngestSink = {
      deliver: (_, { position }) => told.push(position),
      lost: () => told.push("lost"),
      idle: (id) => told.push(`idle ${id === organizationId}`),
    };
    const counted: Log = {
      newest(id) {
        reads.push("newest");
        return log.newest(id);
      },
      after(id, position) {
        reads.push("after");
        return log.after(id, position);
      },
      before: log.before,
    };
    const timing = { lingerMs: 30_000, doubtMs: 1_000_000 };
    const ingest = createIngest({ log: counted, sink, clock, logger: silent, isLinked: () => true, timing });
    const begun = await log.newest(organizationId);
    const push = (position: string, previous: string) =>
      ingest.receive({ ...entryOf(issueEvent(organizationId, "library")), position, previous });

    push("1-0", begun);
    expect([reads, told]).toEqual([[], []]);
    const watches = [await ingest.watch(organizationId), await ingest.watch(organizationId)];
    for (const watch of watches) watch.end();
    clock.advance(29_999);
    const again = await ingest.watch(organizationId);
    for (const watch of watches) watch.end();
    clock.advance(30_000);
    again.end();
    clock.advance(29_999);
    push("1-0", begun);
    clock.advance(1);
    push("2-0", "1-0");
    expect([reads, told]).toEqual([["newest"], ["1-0", "idle true"]]);
    clock.advance(60_000);
    expect(reads).toEqual(["newest"]);
    ingest.close();
    expect(clock.pending).toBe(0);
  });
});
