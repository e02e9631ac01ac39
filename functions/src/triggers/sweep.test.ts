import { randomUUID } from "node:crypto";
import { type Activity, type Issue, paths, redisKeys, toDocument } from "@faultline/contract";
import { startFirestore } from "@faultline/local/firestore";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { type Firestore, getFirestore, Timestamp } from "firebase-admin/firestore";
import { afterAll, afterEach, describe, expect, inject, it } from "vitest";
import { sampleHistory, sampleIssue } from "../../test/issue.ts";
import { connect, listenTo, logOf, storyOf } from "../../test/log.ts";
import { createPublisher, createRedis } from "../publisher/index.ts";
import { createStore } from "../store/index.ts";
import { createSweep, type SweepDeps } from "./sweep.ts";

// A sweep reads all organizations, hence a Firestore of its own: elsewhere it would publish what others leave out.
const projectId = "demo-sweep";
const server = await startFirestore({ projectId });
process.env.FIRESTORE_EMULATOR_HOST = server.address;
const app = initializeApp({ projectId }, randomUUID());
const firestore: Firestore = getFirestore(app);
const store = createStore(firestore);
const redis = connect();
const publisher = createPublisher({
  redis: createRedis({ url: inject("redisUrl") }),
  history: store.history,
  retention: { entries: 1_000, seconds: 86_400 },
  connectTimeoutMs: 5_000,
});

afterEach(() => firestore.recursiveDelete(firestore.collection("organizations")));
afterAll(async () => {
  publisher.close();
  await deleteApp(app);
  await server.stop();
});

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const sweeping = (deps: Partial<SweepDeps> = {}) =>
  createSweep({ store, publisher, lookBackSeconds: 3_600, ...deps });
const sweptBefore = (time: string) => store.outbox.setSwept(time);

/** The history of one issue in an organization of its own, committed and not published. */
async function commit(versions: number, time: string, fields: Partial<Issue> = {}) {
  const organizationId = fields.organizationId ?? `org-${randomUUID()}`;
  const issue = sampleIssue({ ...fields, organizationId });
  const history = sampleHistory(issue, versions, time);
  const batch = firestore.batch();
  for (const entry of history) {
    const path = `${paths.activity(organizationId, issue.id)}/${entry.version}`;
    batch.set(firestore.doc(path), toDocument(entry, Timestamp.fromDate));
  }
  await batch.commit();
  return { organizationId, history };
}

const publishAll = async (organizationId: string, history: readonly Activity[]) => {
  for (const activity of history) await publisher.publishChange({ organizationId, activity, cells: [] });
};

describe("the sweep", () => {
  it("publishes what was committed and never entered the log, each version once and in order", async () => {
    await sweptBefore(minutesAgo(30));
    const { organizationId, history } = await commit(3, minutesAgo(10));
    await publishAll(organizationId, history.slice(0, 1));
    expect(await sweeping()()).toMatchObject({ checked: 3, published: 2 });
    const story = ["issue:created 1", "issue:updated 2", "issue:updated 3"];
    expect(await storyOf(redis, organizationId)).toEqual(story);
    await sweptBefore(minutesAgo(30));
    expect(await sweeping()()).toMatchObject({ checked: 3, published: 0 });
    expect(await storyOf(redis, organizationId)).toEqual(story);
  });

  it("tells the heat cell of the building as it is", async () => {
    await sweptBefore(minutesAgo(30));
    const { organizationId } = await commit(1, minutesAgo(10));
    const issues = firestore.collection(paths.issues(organizationId));
    await issues.doc("leak").set(toDocument(sampleIssue({ organizationId }), Timestamp.fromDate));
    const place = { name: "Library", campusId: "north", location: { lat: 49, lng: -123 } };
    await firestore.doc(`${paths.buildings(organizationId)}/library`).set(place);
    const cell = await store.heat.recount(organizationId, "library", minutesAgo(10));
    await sweeping()();
    expect((await logOf(redis, organizationId)).map(({ cells }) => cells)).toEqual([[cell]]);
  });

  it("changes nothing when two run at the same time", async () => {
    await sweptBefore(minutesAgo(30));
    const { organizationId } = await commit(20, minutesAgo(10));
    await Promise.all([sweeping()(), sweeping()()]);
    const versions = (await logOf(redis, organizationId)).map(({ event }) => event.version);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it("reads no entry again, and leaves the newest minutes to fast path and trigger", async () => {
    await sweptBefore(minutesAgo(30));
    const old = await commit(1, minutesAgo(10));
    const fresh = await commit(1, minutesAgo(1));
    expect(await sweeping()()).toMatchObject({ checked: 1, published: 1 });
    expect(await storyOf(redis, old.organizationId)).toHaveLength(1);
    expect(await storyOf(redis, fresh.organizationId)).toEqual([]);
    expect(await sweeping()()).toMatchObject({ checked: 0, published: 0 });
    const later = () => new Date(Date.now() + 5 * 60_000);
    expect(await sweeping({ now: later })()).toMatchObject({ checked: 1, published: 1 });
    expect(await storyOf(redis, fresh.organizationId)).toEqual(["issue:created 1"]);
  });

  it("looks back only so far when it never ran or was off for long", async () => {
    const ancient = await commit(1, minutesAgo(120));
    const recent = await commit(1, minutesAgo(50));
    for (const forget of [
      () => firestore.doc("operations/sweep").delete(),
      () => sweptBefore(minutesAgo(600)),
    ]) {
      await forget();
      expect(await sweeping()()).toMatchObject({ checked: 1 });
    }
    expect(await storyOf(redis, ancient.organizationId)).toEqual([]);
    expect(await storyOf(redis, recent.organizationId)).toEqual(["issue:created 1"]);
  });

  it("goes through more than a page, and where its time is up the next one goes on", async () => {
    await sweptBefore(minutesAgo(30));
    const early = await commit(300, minutesAgo(20));
    const late = await commit(150, minutesAgo(10));
    await publishAll(early.organizationId, early.history);
    expect(await sweeping({ budgetMs: 0 })()).toMatchObject({ checked: 300, published: 0 });
    expect(await storyOf(redis, late.organizationId)).toEqual([]);
    const { checked, published, until } = await sweeping()();
    expect([checked, published]).toEqual([450, 150]);
    expect(await store.outbox.swept()).toBe(until);
    expect(await storyOf(redis, late.organizationId)).toHaveLength(150);
  });

  it("begins again where it did when Redis was out, and says so", async () => {
    const began = minutesAgo(30);
    await sweptBefore(began);
    const { organizationId } = await commit(2, minutesAgo(10));
    const out = createPublisher({
      redis: createRedis({ url: "redis://127.0.0.1:1" }),
      history: store.history,
      retention: { entries: 1_000, seconds: 86_400 },
      connectTimeoutMs: 100,
    });
    await expect(sweeping({ publisher: out })()).rejects.toThrow("Redis is out of reach.");
    out.close();
    expect(await store.outbox.swept()).toBe(began);
    expect(await sweeping()()).toMatchObject({ checked: 2, published: 2 });
    expect(await storyOf(redis, organizationId)).toHaveLength(2);
  });

  it("pushes what was appended and never pushed", async () => {
    await sweptBefore(minutesAgo(30));
    const { organizationId, history } = await commit(1, minutesAgo(10));
    await publishAll(organizationId, history);
    const [entry] = await logOf(redis, organizationId);
    const published = redisKeys.published(organizationId, "issue:leak");
    await redis.hset(published, "1", `${entry?.position} ${entry?.previous}`);
    const { pushes } = await listenTo(organizationId);
    expect(await sweeping()()).toMatchObject({ checked: 1, published: 1 });
    await expect.poll(() => pushes).toEqual([entry]);
    await sweptBefore(minutesAgo(30));
    expect(await sweeping()()).toMatchObject({ checked: 1, published: 0 });
    expect(await storyOf(redis, organizationId)).toEqual(["issue:created 1"]);
  });
});
