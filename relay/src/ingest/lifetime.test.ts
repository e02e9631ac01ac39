/** What becomes of a log that expires, is lost, or goes back to what a replica had of it. */
import { headSeconds, redisKeys } from "@faultline/contract";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { entryOf, issueEvent } from "../../test/fixtures.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { newOrganization, silent } from "../../test/services.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { createIngest, type Ingest, ingestTiming, type Watch } from "./ingest.ts";
import { createLog } from "./log.ts";

let organizationId: string;
let publisher: Publisher;
let clock: ManualClock;
let ingest: Ingest;
let watch: Watch;
let told: string[];

const entry = (version: number) => entryOf(issueEvent(organizationId, "library", { version }));
const keys = () => ({ log: redisKeys.log(organizationId), head: redisKeys.head(organizationId) });

beforeEach(async () => {
  organizationId = newOrganization();
  publisher = createPublisher(inject("redisUrl"), organizationId);
  clock = new ManualClock();
  told = [];
  const metrics: Metrics = { ...noMetrics, malformed: (what) => told.push(`malformed ${what}`) };
  ingest = createIngest({
    log: createLog(publisher.redis),
    sink: {
      deliver: (_, { position, entry }) => told.push(entry ? `${entry.event.version}` : `? ${position}`),
      lost: () => told.push("lost"),
      idle: () => {},
    },
    clock,
    logger: silent,
    metrics,
    isLinked: () => true,
  });
  watch = await ingest.watch(organizationId);
});
afterEach(async () => {
  ingest.close();
  await publisher.close();
});

/** Pushes what was appended; resolves when all of the log was delivered. */
async function push(version: number, position: string): Promise<void> {
  const previous = publisher.previousOf(position);
  ingest.receive({ ...entry(version), position, previous });
  await watch.caughtUp();
}

async function publish(version: number, position?: string): Promise<string> {
  const appended = await publisher.append(entry(version), position);
  await push(version, appended);
  return appended;
}

describe("a log whose entries have expired since nothing happened", () => {
  it("is lost to nobody: what comes then follows what was delivered last", async () => {
    await publish(1);
    await publisher.redis.del(keys().log);
    clock.advance(ingestTiming.doubtMs);
    await watch.caughtUp();
    await publish(2);
    await publish(3);
    expect(told).toEqual(["1", "2", "3"]);
  });

  it("before it ever had one is lost to nobody either", async () => {
    clock.advance(ingestTiming.doubtMs);
    await watch.caughtUp();
    await publish(1);
    expect(told).toEqual(["1"]);
  });

  it("is known for as long as somebody watches", async () => {
    for (const prepare of [() => Promise.resolve(), () => publish(1)]) {
      await prepare();
      await publisher.redis.expire(keys().head, 60);
      clock.advance(ingestTiming.doubtMs);
      await watch.caughtUp();
      expect(await publisher.redis.ttl(keys().head)).toBeGreaterThan(headSeconds - 10);
    }
  });
});

describe("a log that Redis has lost", () => {
  it("is told as lost though nothing happens, once", async () => {
    await publish(1);
    await publisher.redis.del(keys().log, keys().head);
    for (const _ of [1, 2, 3]) {
      clock.advance(ingestTiming.doubtMs);
      await watch.caughtUp();
    }
    await publish(2);
    expect(told).toEqual(["1", "lost", "2"]);
  });

  it("is told as lost by the first that is pushed of the next", async () => {
    await publish(1);
    await publisher.redis.del(keys().log, keys().head);
    await publish(2);
    await publish(3);
    expect(told).toEqual(["1", "lost", "3"]);
  });

  it("is told as lost to who watched since before its first entry, though the next has but one", async () => {
    await publisher.append(entry(1));
    await publisher.redis.del(keys().log, keys().head);
    await publish(2);
    expect(told).toEqual(["lost"]);
  });
});

describe("a failover to a replica that lacked the newest entries", () => {
  /** Entries 1 to 3 at 1000-0, 2000-0 and 3000-0, of which the replica has the first. */
  async function failOver(): Promise<void> {
    await publish(1, "1000-0");
    const { log, head } = keys();
    const [old, position] = [await publisher.redis.dumpBuffer(log), await publisher.redis.get(head)];
    await publish(2, "2000-0");
    await publish(3, "3000-0");
    await publisher.redis.restore(log, 0, old ?? "", "REPLACE");
    await publisher.redis.set(head, position ?? "");
  }

  it.each([
    ["later than", "4000-0"],
    ["between", "2500-0"],
    ["before all of", "1500-0"],
  ])("is told as lost when the next entry's position is %s what was delivered", async (_, position) => {
    await failOver();
    await publish(4, position);
    await publish(5);
    expect(told).toEqual(["1", "2", "3", "lost", "5"]);
  });

  it("is told as lost though nothing happens", async () => {
    await failOver();
    clock.advance(ingestTiming.doubtMs);
    await watch.caughtUp();
    expect(told).toEqual(["1", "2", "3", "lost"]);
  });
});

describe("what a newer publisher writes", () => {
  it("is delivered with the fields that are not known here, and what is not known at all is passed over", async () => {
    const [first, second] = [entry(1), entry(2)];
    const newer = {
      ...first,
      reviewed: true,
      event: { ...first.event, channel: "app", data: { ...first.event.data, floorPlan: { x: 1 } } },
    };
    const unknown = { ...second, event: { ...second.event, type: "issue:merged" } };
    const seen: unknown[] = [];
    const own = createIngest({
      log: createLog(publisher.redis),
      sink: { deliver: (_, placed) => seen.push(placed.entry), lost: () => {}, idle: () => {} },
      clock,
      logger: silent,
      isLinked: () => true,
    });
    const ownWatch = await own.watch(organizationId);
    const malformed = { ...newer, buildingIds: "all", traceparent: 7 };
    for (const each of [newer, malformed, unknown]) {
      const position = await publisher.appendText(JSON.stringify(each));
      own.receive({ ...each, position, previous: publisher.previousOf(position) });
    }
    await ownWatch.caughtUp();
    const leftOut = { buildingIds: undefined, traceparent: undefined };
    expect(seen).toEqual([
      expect.objectContaining(newer),
      expect.objectContaining({ ...newer, ...leftOut }),
      undefined,
    ]);
    own.close();

    await watch.caughtUp();
    expect(told).toEqual(["1", "1", "malformed entry", `? ${ingest.position(organizationId)}`]);
  });
});
