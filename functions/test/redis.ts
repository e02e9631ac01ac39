/** Redis servers of a test's own: one that can be killed, and one that never answers. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type RedisServer, startRedis } from "@faultline/local/redis";
import { onTestFinished } from "vitest";

/** Stopped after the test. A hook that a running test sets with `afterAll` would never be called. */
export async function ownRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  return redis;
}

/** The URL of something that takes connections and says nothing. */
export async function silentRedis(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
