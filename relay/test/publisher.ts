/** Appends and pushes as the functions do: XADD, then the official emitter. */
import { entryField, type LogEntry, pushName, redisKeys, startPosition } from "@faultline/contract";
import { Emitter } from "@socket.io/redis-emitter";
import { Redis } from "ioredis";

export interface Publisher {
  readonly redis: Redis;
  /** Appends without telling any relay; gives the position. */
  append(entry: LogEntry): Promise<string>;
  /** Tells the relays of what was appended at `position`. */
  push(entry: LogEntry, position: string, previous?: string): Promise<void>;
  /** Appends and pushes. */
  publish(entry: LogEntry): Promise<string>;
  /** Sends anything to the relays under the name of a push. */
  pushRaw(push: unknown): Promise<void>;
  close(): Promise<void>;
}

export function createPublisher(redisUrl: string, organizationId: string): Publisher {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  const previousOf = new Map<string, string>();
  const key = redisKeys.log(organizationId);

  const append = async (entry: LogEntry) => {
    const [last] = await redis.xrevrange(key, "+", "-", "COUNT", 1);
    const position = await redis.xadd(key, "*", entryField, JSON.stringify(entry));
    if (position === null) throw new Error("not appended");
    previousOf.set(position, last?.[0] ?? startPosition);
    return position;
  };
  const pushRaw = async (push: unknown) => {
    const sent: Promise<unknown>[] = [];
    const client = { publish: (...args: [string, string]) => sent.push(redis.publish(...args)) };
    new Emitter(client).serverSideEmit(pushName, push);
    await Promise.all(sent);
  };
  const push = (entry: LogEntry, position: string, previous = previousOf.get(position)) =>
    pushRaw({ position, previous, ...entry });
  return {
    redis,
    append,
    push,
    pushRaw,
    async publish(entry) {
      const position = await append(entry);
      await push(entry, position);
      return position;
    },
    async close() {
      await redis.quit();
    },
  };
}
