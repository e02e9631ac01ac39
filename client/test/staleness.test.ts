import { type RedisServer, startRedis } from "@faultline/local/redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { leak, type Stack, startStack } from "./stack.ts";
import { until, watch } from "./until.ts";

let redis: RedisServer;
let stack: Stack;
beforeAll(async () => {
  redis = await startRedis();
  stack = await startStack({ redisUrl: redis.url });
});
afterAll(() => redis.stop());

describe.each(["socket", "stream"] as const)("by %s, while the relay's Redis is out,", (transport) => {
  it("a client is not live, says why, keeps its line, and goes on by itself", async () => {
    const proxy = await stack.proxy("relay");
    proxy.blockWebSockets(transport === "stream");
    const client = stack.open({ relay: proxy.url, environment: { random: () => 0 } });
    const issues = client.watchIssues();
    watch(issues);
    await until(client.connection, ({ phase }) => phase === "live", "live");
    const lines = proxy.opened;
    await redis.kill();
    const { phase } = await until(client.connection, ({ cause }) => cause === "relay-stale", "stale");
    expect(phase).toBe("recovering");
    await redis.restart();
    await until(client.connection, ({ phase }) => phase === "live", "live again");
    expect(proxy.opened).toBe(lines);
    const { id } = await stack.as().issues.create(leak);
    await until(issues, ({ items }) => items.some((issue) => issue.id === id), "what happens then");
  });
});
