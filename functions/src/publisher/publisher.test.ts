import { randomUUID } from "node:crypto";
import { activityOf, headSeconds, redisKeys } from "@faultline/contract";
import { describe, expect, inject, it } from "vitest";
import { sampleHistory, sampleIssue } from "../../test/issue.ts";
import { connect, listenTo, logOf, storyOf } from "../../test/log.ts";
import { publisherOf } from "../../test/publisher.ts";
import type { Change } from "./index.ts";

const redis = connect();

/** An organization with an issue that has this many versions. */
const arrange = (versions: number, time?: string) => {
  const organizationId = `org-${randomUUID()}`;
  const history = sampleHistory(sampleIssue({ organizationId }), versions, time);
  const changes = history.map((activity): Change => ({ organizationId, activity, cells: [] }));
  const change = (version: number): Change => {
    const found = changes[version - 1];
    if (!found) throw new Error(`no version ${version}`);
    return found;
  };
  return { organizationId, history, change };
};

describe("publishing a change", () => {
  it("appends its events to the log and pushes them with their positions", async () => {
    const { organizationId } = arrange(0);
    const { pushes } = await listenTo(organizationId);
    const before = sampleIssue({ organizationId });
    const after = { ...before, version: 2, title: "Worse", assigneeId: "tess" };
    const actor = { uid: "ada" };
    const time = after.updatedAt;
    const publisher = publisherOf();
    const created = activityOf({ before: null, after: before, actor, time });
    await publisher.publishChange({ organizationId, activity: created, cells: [] });
    await publisher.publishChange({
      organizationId,
      activity: activityOf({ before, after, actor, time }),
      cells: [],
    });

    const log = await logOf(redis, organizationId);
    expect(await storyOf(redis, organizationId)).toEqual([
      "issue:created 1",
      "issue:updated 2",
      "issue:assigned 2",
    ]);
    await expect.poll(() => pushes.length).toBe(3);
    const previous = [expect.stringMatching(/^0-\d+$/), log[0]?.position, log[1]?.position];
    expect(pushes.map((push) => push.previous)).toEqual(previous);
    expect(log.map((entry) => entry.previous)).toEqual(pushes.map((push) => push.previous));
    expect(await redis.get(redisKeys.head(organizationId))).toBe(log[2]?.position);
    expect(pushes).toEqual(log);
    expect(pushes[1]?.event.data).toEqual({ issue: after, changed: ["title", "assigneeId"], actor });
  });

  it("does so once, however often and from however many places it is asked", async () => {
    const { organizationId, change } = arrange(1);
    const { pushes } = await listenTo(organizationId);
    const publishers = [publisherOf(), publisherOf(), publisherOf()];
    await Promise.all(
      publishers.flatMap((one) => [one.publishChange(change(1)), one.publishChange(change(1))]),
    );
    expect(await storyOf(redis, organizationId)).toEqual(["issue:created 1"]);
    await publishers[0]?.publishChange(change(1));
    const [only] = await logOf(redis, organizationId);
    await expect.poll(() => pushes.length).toBeGreaterThan(0);
    expect(new Set(pushes.map(({ position }) => position))).toEqual(new Set([only?.position]));
  });

  it("that comes before its predecessor brings that along first", async () => {
    const { organizationId, history, change } = arrange(4);
    const publisher = publisherOf(history);
    await publisher.publishChange(change(1));
    await publisher.publishChange(change(4));
    await publisher.publishChange(change(2));
    await publisher.publishChange(change(3));
    expect(await storyOf(redis, organizationId)).toEqual([
      "issue:created 1",
      "issue:updated 2",
      "issue:updated 3",
      "issue:updated 4",
    ]);
  });

  it("keeps every issue's versions in order whatever publishers race", async () => {
    const { organizationId, history, change } = arrange(12);
    const publishers = [publisherOf(history), publisherOf(history), publisherOf(history)];
    const order = [7, 3, 12, 1, 9, 5, 2, 11, 4, 10, 6, 8, 12, 1];
    await Promise.all(order.map((version, index) => publishers[index % 3]?.publishChange(change(version))));
    const versions = (await logOf(redis, organizationId)).map(({ event }) => event.version);
    expect(versions).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  it("never lets an issue go back, even where what is remembered has ended", async () => {
    const { organizationId, history, change } = arrange(80);
    const publisher = publisherOf(history);
    await publisher.publishChange(change(80));
    const story = await storyOf(redis, organizationId);
    expect(story).toHaveLength(80);
    for (const version of [1, 2, 16, 17, 80]) await publisher.publishChange(change(version));
    expect(await storyOf(redis, organizationId)).toEqual(story);
    const key = redisKeys.published(organizationId, "issue:leak");
    expect(await redis.hlen(key)).toBeLessThanOrEqual(64 + 1);
  });

  it("does not bring along what is older than the log", async () => {
    const { organizationId, history, change } = arrange(3, "2020-01-01T00:00:00.000Z");
    const publisher = publisherOf(history);
    await publisher.publishChange(change(3));
    await publisher.publishChange(change(1));
    expect(await storyOf(redis, organizationId)).toEqual(["issue:updated 3"]);
  });

  it("begins again where Redis lost everything", async () => {
    const { organizationId, history, change } = arrange(3);
    const publisher = publisherOf(history);
    await publisher.publishChange(change(1));
    await publisher.publishChange(change(2));
    const keys = [redisKeys.log(organizationId), redisKeys.head(organizationId)];
    await redis.del(...keys, redisKeys.published(organizationId, "issue:leak"));
    await publisher.publishChange(change(3));
    expect(await storyOf(redis, organizationId)).toEqual([
      "issue:created 1",
      "issue:updated 2",
      "issue:updated 3",
    ]);
  });

  it("goes on from the newest entry though an idle organization's log has expired", async () => {
    const { organizationId, change } = arrange(2);
    const publisher = publisherOf();
    await publisher.publishChange(change(1));
    const [expired] = await logOf(redis, organizationId);
    await redis.del(redisKeys.log(organizationId));
    await publisher.publishChange(change(2));
    expect(await logOf(redis, organizationId)).toMatchObject([{ previous: expired?.position }]);
  });

  it("never gives a position twice, though Redis loses its data again and again within a millisecond", async () => {
    const { organizationId, change } = arrange(1);
    const publisher = publisherOf();
    const positions: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      await publisher.publishChange(change(1));
      positions.push(...(await logOf(redis, organizationId)).map(({ position }) => position));
      const keys = [redisKeys.log(organizationId), redisKeys.head(organizationId)];
      await redis.del(...keys, redisKeys.published(organizationId, "issue:leak"));
    }
    expect(new Set(positions).size).toBe(50);
  });

  it("begins another log where the head was lost, whatever is left of the old one", async () => {
    const { organizationId, change } = arrange(2);
    const publisher = publisherOf();
    await publisher.publishChange(change(1));
    const [lost] = await logOf(redis, organizationId);
    await redis.del(redisKeys.head(organizationId));
    await publisher.publishChange(change(2));
    const [only, ...more] = await logOf(redis, organizationId);
    expect(more).toEqual([]);
    expect(only?.previous).toMatch(/^0-\d+$/);
    expect(only?.previous).not.toBe(lost?.previous);
  });
});

describe("a push", () => {
  it("brings every text as it is, whatever it imitates", async () => {
    const { organizationId } = arrange(0);
    const { pushes } = await listenTo(organizationId);
    const texts = [
      '"content"',
      '"},{"position":"9-9"',
      "%0 %1 %(%S+",
      "\0\u2028\n\\u0022",
      '\\"',
      "\ud800",
      "漏れ 🚰",
    ];
    const after = sampleIssue({ organizationId, title: texts.join(" "), description: texts.join("\n") });
    const activity = activityOf({ before: null, after, actor: { uid: "ada" }, time: after.updatedAt });
    await publisherOf().publishChange({ organizationId, activity, cells: [] });
    await expect.poll(() => pushes.length).toBe(1);
    expect(pushes).toEqual(await logOf(redis, organizationId));
    expect(pushes[0]?.event.data).toMatchObject({ issue: after });
  });

  it("is made with the append, though the publisher does not live to hear of it", async () => {
    const { organizationId, change } = arrange(1);
    const { pushes } = await listenTo(organizationId);
    const deaf = publisherOf();
    await deaf.isPublished(organizationId, "leak", 1);
    deaf.redis.client("REPLY", "OFF").catch(() => {}); // is not answered either
    deaf.publishChange(change(1)).catch(() => {});
    await expect.poll(() => pushes.length).toBe(1);
    expect(await publisherOf().isPublished(organizationId, "leak", 1)).toBe(true);
  });

  it("that is refused does not count as done, and is made up for at the same position", async () => {
    const { organizationId, change } = arrange(2);
    const { pushes } = await listenTo(organizationId);
    const user = `mute-${randomUUID()}`;
    await redis.acl("SETUSER", user, "on", ">secret", "~*", "+@all", "resetchannels");
    const url = inject("redisUrl").replace("redis://", `redis://${user}:secret@`);
    const mute = publisherOf([], {}, url);
    for (let time = 0; time < 2; time += 1) {
      await expect(mute.publishChange(change(1))).rejects.toThrow(/NOPERM|channel/);
      expect(await mute.isPublished(organizationId, "leak", 1)).toBe(false);
    }
    const log = await logOf(redis, organizationId);
    await publisherOf().publishChange(change(1));
    await publisherOf().publishChange(change(1));
    await publisherOf().publishChange(change(2));
    await expect.poll(() => pushes.length).toBe(2);
    expect(pushes.slice(0, 1)).toEqual(log);
    expect(await mute.isPublished(organizationId, "leak", 1)).toBe(true);
    await redis.acl("DELUSER", user);
  });
});

describe("isPublished", () => {
  it("is true for what was appended and pushed, and for what came before", async () => {
    const { organizationId, history, change } = arrange(70);
    const publisher = publisherOf(history);
    expect(await publisher.isPublished(organizationId, "leak", 1)).toBe(false);
    await publisher.publishChange(change(70));
    for (const version of [1, 6, 7, 70])
      expect(await publisher.isPublished(organizationId, "leak", version)).toBe(true);
    expect(await publisher.isPublished(organizationId, "leak", 71)).toBe(false);
  });
});

describe("retention", () => {
  it("trims the log by number of entries and by age", async () => {
    const { organizationId, history, change } = arrange(400);
    const publisher = publisherOf(history, { entries: 100 });
    for (let version = 1; version <= 400; version += 1) await publisher.publishChange(change(version));
    const kept = await redis.xlen(redisKeys.log(organizationId));
    expect(kept).toBeGreaterThanOrEqual(100);
    expect(kept).toBeLessThan(300);

    const old = arrange(1);
    await redis.set(redisKeys.head(old.organizationId), "300-0");
    for (let index = 1; index <= 300; index += 1)
      await redis.xadd(redisKeys.log(old.organizationId), `${index}-0`, "entry", "{}");
    await publisher.publishChange(old.change(1));
    expect(await redis.xlen(redisKeys.log(old.organizationId))).toBeLessThan(150);
  });

  it("lets an idle organization's keys vanish, the head last", async () => {
    const { organizationId, change } = arrange(1);
    await publisherOf([], { seconds: 600 }).publishChange(change(1));
    expect(await redis.ttl(redisKeys.head(organizationId))).toBeGreaterThan(headSeconds - 10);
    for (const key of [redisKeys.log(organizationId), redisKeys.published(organizationId, "issue:leak")]) {
      const seconds = await redis.ttl(key);
      expect(seconds).toBeGreaterThan(590);
      expect(seconds).toBeLessThanOrEqual(600);
    }
  });
});
