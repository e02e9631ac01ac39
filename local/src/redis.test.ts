import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { type RedisServer, startRedis } from "./redis.ts";

let server: RedisServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

it("comes back after a crash with all that it acknowledged", async () => {
  server = await startRedis();
  await withClient(server.url, (client) => client.xadd("log", "1-1", "entry", "one"));
  await server.kill();
  await server.restart();
  expect(await withClient(server.url, (client) => client.xlen("log"))).toBe(1);
});

it("says what Redis printed when it can't start, and leaves no folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "faultline-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  server = await startRedis();
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(startRedis({ port: server.port })).rejects.toThrow(/Redis on port \d+: the process ended/);
  expect(await readdir(folder)).toEqual([]);
});
