/** What Redis says of its own work. */
import { Redis } from "ioredis";

export interface RedisWork {
  /** The CPU seconds of its process, user and system. */
  readonly cpuSeconds: number;
  /** By command, how often it was called. */
  readonly calls: Readonly<Record<string, number>>;
}

export async function redisWork(url: string): Promise<RedisWork> {
  const redis = new Redis(url);
  try {
    const [cpu, commands] = await Promise.all([redis.info("cpu"), redis.info("commandstats")]);
    const seconds = [...cpu.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, value]) => Number(value));
    const calls = [...commands.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
    return {
      cpuSeconds: seconds.reduce((sum, one) => sum + one, 0),
      calls: Object.fromEntries(calls.map(([, name = "", count]) => [name, Number(count)])),
    };
  } finally {
    redis.disconnect();
  }
}

/** What was done between two looks; commands that were not called are left out. */
export function workBetween(before: RedisWork, after: RedisWork): RedisWork {
  const calls = Object.entries(after.calls).map(([name, count]) => [name, count - (before.calls[name] ?? 0)]);
  return {
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    calls: Object.fromEntries(calls.filter(([, count]) => Number(count) > 0)),
  };
}
