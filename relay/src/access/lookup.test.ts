import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, describe, expect, inject, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { apartMs, createLookup, keysAtOnce } from "./lookup.ts";

const redis = new Redis(inject("redisUrl"));
afterAll(() => redis.quit());

/** A lookup, and the keys that each of its commands asked Redis for. */
function arrange() {
  const asked: (readonly string[])[] = [];
  const mget = (keys: string[]) => {
    asked.push(keys);
    return redis.mget(keys);
  };
  const clock = new ManualClock();
  const lookup = createLookup({ mget: mget as Redis["mget"], get: redis.get.bind(redis) }, clock);
  return { lookup, asked, clock, key: (name: number | string) => `lookup:${run}:${name}` };
}
const run = randomUUID();

describe("what is looked up", () => {
  it("in one turn is asked for by one command, each key once", async () => {
    const { lookup, asked, key } = arrange();
    await redis.set(key("a"), "A");
    const names = ["a", "b", "a", "c", "a"];
    expect(await Promise.all(names.map((name) => lookup.get(key(name))))).toEqual([
      "A",
      null,
      "A",
      null,
      "A",
    ]);
    expect(asked).toEqual([[key("a"), key("b"), key("c")]]);
  });

  it("by very many is asked for in commands that do not hold up Redis", async () => {
    const { lookup, asked, key } = arrange();
    const names = Array.from({ length: 2 * keysAtOnce + 3 }, (_, at) => at);
    await redis.mset(Object.fromEntries(names.map((name) => [key(name), String(name)])));
    expect(await Promise.all(names.map((name) => lookup.get(key(name))))).toEqual(names.map(String));
    expect(asked.map(({ length }) => length)).toEqual([keysAtOnce, keysAtOnce, 3]);
  });

  it("soon after waits for more", async () => {
    const { lookup, asked, clock, key } = arrange();
    await lookup.get(key("first"));
    const second = lookup.get(key("second"));
    clock.advance(apartMs - 1);
    const third = lookup.get(key("third"));
    clock.advance(1);
    await Promise.all([second, third]);
    clock.advance(apartMs);
    await lookup.get(key("fourth"));
    expect(asked).toEqual([["first"], ["second", "third"], ["fourth"]].map((names) => names.map(key)));
  });

  it("is never older than the question, also while an answer is under way", async () => {
    const { lookup, asked, clock, key } = arrange();
    const first = lookup.get(key("grows"));
    await expect.poll(() => asked.length).toBe(1);
    await redis.set(key("grows"), "new");
    const second = lookup.get(key("grows"));
    clock.advance(apartMs);
    expect(await second).toBe("new");
    await first;
    expect(asked).toEqual([[key("grows")], [key("grows")]]);
  });

  it("fails for all who asked while Redis is out, and is asked for anew when it is back", async () => {
    const key = `lookup:${run}:returns`;
    await redis.set(key, "back");
    const own = new Redis(inject("redisUrl"), { lazyConnect: true, enableOfflineQueue: false });
    own.on("error", () => {});
    const lookup = createLookup(own);
    const answers = await Promise.allSettled([lookup.get(key), lookup.get(key)]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect.poll(() => own.status).toBe("ready");
    expect(await lookup.get(key)).toBe("back");
    await own.quit();
  });
});
