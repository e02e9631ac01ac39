/** The connection to Redis: it fails fast, comes back quickly, and never throws where nobody listens. */
import { once } from "node:events";
import { Redis } from "ioredis";
import { log } from "../log.ts";

export interface RedisOptions {
  readonly url: string;
  /** The longest that connecting or one command may take. Default 2,000. */
  readonly timeoutMs?: number;
}

/** Does no network work yet: `ready` connects. */
export function createRedis({ url, timeoutMs = 2_000 }: RedisOptions): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    // While Redis is out a command is refused at once instead of waiting: the trigger is retried anyway.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // An instance that got no CPU for a while may hold a connection that is dead without knowing.
    socketTimeout: 2 * timeoutMs,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
  });
  // Every request that waits for the connection listens.
  redis.setMaxListeners(0);
  let isLost = false;
  redis.on("error", (error) => {
    if (!isLost) log("ERROR", "redis lost", {}, error);
    isLost = true;
  });
  redis.on("ready", () => {
    if (isLost) log("INFO", "redis ready");
    isLost = false;
  });
  return redis;
}

/** Resolves once commands can be sent; rejects when that takes longer than `timeoutMs`. */
export async function ready(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === "ready") return;
  if (redis.status === "wait") redis.connect().catch(() => {}); // told by the "error" event
  try {
    await once(redis, "ready", { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw new Error("Redis is out of reach.", { cause: error });
  }
}
