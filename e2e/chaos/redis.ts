/** Two Redis servers, one the replica of the other, and the faults of such a pair. */
import { waitUntil } from "@faultline/local/process";
import { type RedisServer, startRedis } from "@faultline/local/redis";
import { Redis } from "ioredis";
import { startProxy, type TcpProxy } from "./proxy.ts";

export interface RedisPair {
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
    await command(this.#primary.port, "FLUSHALL");
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

/** One command on a connection of its own. */
async function command(port: number, name: string, ...args: readonly string[]): Promise<unknown> {
  const redis = new Redis(port, "127.0.0.1", { retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on("error", () => {}); // the command rejects
  try {
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}
