/** Two Redis servers, one the replica of the other, and the faults of such a pair. */
import { redisKeys } from "@faultline/contract";
import { waitUntil } from "@faultline/local/process";
import { type RedisServer, startRedis } from "@faultline/local/redis";
import { Redis } from "ioredis";
import { organizations } from "./organization.ts";
import { startProxy, type TcpProxy } from "./proxy.ts";

/** The logs went back: what stood in them between a position and a moment is in none any more. */
export interface Fallback {
  /** In milliseconds since 1970, by Redis's clock: what was appended later stands in the log that is left. */
  readonly at: number;
  /** By organization, the last position that is left; of one without, nothing is. */
  readonly heads: ReadonlyMap<string, string>;
}

export interface RedisPair {
  /** All so far. */
  readonly fallbacks: readonly Fallback[];
  /** Where the primary listens; it moves with a failover. */
  port(): number;
  /** Kills the primary; it is down until `restart`. */
  kill(): Promise<void>;
  /** Stops the primary in good order, if it runs, and starts it with its data. */
  restart(): Promise<void>;
  flush(): Promise<void>;
  /** Stops the primary's process with SIGSTOP; gives what lets it go on. */
  freeze(): Promise<() => void>;
  /** Cuts the replica off, so that what is acknowledged from now on is lost with the primary. */
  leaveBehind(): void;
  /** Kills the primary and promotes its replica; resolves when that serves. `rejoin` comes after it. */
  failOver(): Promise<void>;
  /** Starts what was the primary as the replica of what is it now. */
  rejoin(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisPair(): Promise<RedisPair> {
  const primary = await startRedis();
  const replica = await startRedis().catch(async (error: unknown) => {
    await primary.stop();
    throw error;
  });
  const pair = new ReplicatedRedis(primary, replica);
  try {
    await pair.replicate();
    return pair;
  } catch (error) {
    await pair.stop();
    throw error;
  }
}

class ReplicatedRedis implements RedisPair {
  readonly fallbacks: Fallback[] = [];
  #primary: RedisServer;
  #replica: RedisServer;
  #link: TcpProxy | undefined;
  #thaw = () => {};

  constructor(primary: RedisServer, replica: RedisServer) {
    this.#primary = primary;
    this.#replica = replica;
  }

  port = (): number => this.#primary.port;

  kill(): Promise<void> {
    return this.#primary.kill();
  }

  async restart(): Promise<void> {
    await this.#primary.restart();
    await this.#untilReplicated();
  }

  async flush(): Promise<void> {
    const results = await connected(this.#primary.port, (redis) => redis.multi().time().flushall().exec());
    const [[error, time] = [new Error("nothing was flushed")]] = results ?? [];
    if (error) throw error;
    this.fallbacks.push({ at: millisecondsOf(time), heads: new Map() });
  }

  async freeze(): Promise<() => void> {
    const facts = String(await command(this.#primary.port, "INFO", "server"));
    const pid = Number(/process_id:(\d+)/.exec(facts)?.[1]);
    process.kill(pid, "SIGSTOP");
    this.#thaw = () => {
      this.#thaw = () => {};
      process.kill(pid, "SIGCONT");
    };
    return () => this.#thaw();
  }

  leaveBehind(): void {
    this.#link?.silence(true);
  }

  async failOver(): Promise<void> {
    await this.#primary.kill();
    this.fallbacks.push({ at: Date.now(), heads: await headsIn(this.#replica.port) });
    await command(this.#replica.port, "REPLICAOF", "NO", "ONE");
    [this.#primary, this.#replica] = [this.#replica, this.#primary];
  }

  async rejoin(): Promise<void> {
    await this.#replica.restart();
    await this.replicate();
  }

  async stop(): Promise<void> {
    this.#thaw();
    await this.#link?.close();
    await Promise.all([this.#primary.stop(), this.#replica.stop()]);
  }

  /** Makes the one the replica of the other, over a link that can be silenced. */
  async replicate(): Promise<void> {
    await this.#link?.close();
    this.#link = await startProxy({ target: this.port });
    await command(this.#replica.port, "REPLICAOF", "127.0.0.1", String(this.#link.port));
    await this.#untilReplicated();
  }

  #untilReplicated(): Promise<unknown> {
    const { port } = this.#replica;
    const isLinked = async () =>
      String(await command(port, "INFO", "replication").catch(() => "")).includes("master_link_status:up");
    return waitUntil(isLinked, { what: "the replica", timeoutMs: 30_000 });
  }
}

async function headsIn(port: number): Promise<ReadonlyMap<string, string>> {
  const keys = organizations.map((id) => redisKeys.head(id));
  const heads = (await command(port, "MGET", ...keys)) as readonly (string | null)[];
  return new Map(organizations.flatMap((id, at) => (heads[at] ? [[id, heads[at]] as const] : [])));
}

/** What TIME answers: seconds and microseconds. */
function millisecondsOf(time: unknown): number {
  const [seconds, microseconds] = (time as readonly string[]).map(Number);
  return (seconds ?? 0) * 1_000 + Math.floor((microseconds ?? 0) / 1_000);
}

/** One command on a connection of its own. */
function command(port: number, name: string, ...args: readonly string[]): Promise<unknown> {
  return connected(port, (redis) => redis.call(name, ...args));
}

async function connected<T>(port: number, act: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, "127.0.0.1", { retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on("error", () => {}); // the command rejects
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}
