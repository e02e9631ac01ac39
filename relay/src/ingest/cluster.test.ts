/** A Redis Cluster refuses whatever touches two slots at once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisKeys } from "@faultline/contract";
import { freePort, type ManagedProcess, startProcess, waitUntil } from "@faultline/local/process";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { entryOf, issueEvent } from "../../test/fixtures.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { newOrganization } from "../../test/services.ts";
import { createLookup } from "../access/lookup.ts";
import { createLog } from "./log.ts";

const organizationId = newOrganization();
let server: ManagedProcess;
let directory: string;
let redis: Redis;
let publisher: Publisher;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "faultline-cluster-"));
  const port = await freePort();
  const settings = { port, dir: directory, bind: "127.0.0.1", "cluster-enabled": "yes", save: "" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  server = startProcess("redis-server", args);
  redis = new Redis(port, "127.0.0.1");
  redis.on("error", () => {});
  await waitUntil(
    () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    { what: "Redis", of: server },
  );
  await redis.cluster("ADDSLOTSRANGE", 0, 16_383);
  const isServing = async () => String(await redis.cluster("INFO")).includes("cluster_state:ok");
  await waitUntil(isServing, { what: "The cluster", of: server });
  publisher = createPublisher(`redis://127.0.0.1:${port}`, organizationId);
});
afterAll(async () => {
  await publisher?.close();
  redis?.disconnect();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

it("all that appends to an organization's log, and all that reads it, stays in one slot", async () => {
  const log = createLog(redis);
  const beginning = await log.newest(organizationId);
  const entry = (version: number) => entryOf(issueEvent(organizationId, "library", { version }));
  const positions = [await publisher.append(entry(1)), await publisher.append(entry(2))];
  const page = await log.after(organizationId, beginning);
  expect(page).toMatchObject({ isCovered: true, isLast: true });
  expect(page.entries.map(({ position }) => position)).toEqual(positions);
  const older = await log.before(organizationId, positions[1] ?? "");
  expect(older.map(({ position }) => position)).toEqual([...positions].reverse());
  expect(await log.newest(organizationId)).toBe(positions[1]);

  const keys = [redisKeys.log(organizationId), redisKeys.head(organizationId)];
  const published = ["issue:a", "alert:b"].map((document) => redisKeys.published(organizationId, document));
  const slots = await Promise.all([...keys, ...published].map((key) => redis.cluster("KEYSLOT", key)));
  expect(new Set(slots).size).toBe(1);
  await expect(redis.mget("a", "b")).rejects.toThrow("CROSSSLOT");
});

it("what is looked up of many members is read all the same", async () => {
  const keys = ["ada", "max", "tess"].map(redisKeys.memberChange);
  for (const key of keys) await redis.set(key, `of ${key}`);
  const lookup = createLookup(redis);
  for (let time = 0; time < 2; time += 1) {
    const values = await Promise.all(keys.map((key) => lookup.get(key)));
    expect(values).toEqual(keys.map((key) => `of ${key}`));
  }
});
