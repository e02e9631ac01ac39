/** A private Redis server. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { freePort, type ManagedProcess, startProcess, waitUntil, whenReady } from "./process.ts";

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends it with SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again with the data it had. */
  restart(): Promise<void>;
  /** Stops it; what it kept in a temporary directory is removed. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Where it keeps its data. Default: a temporary directory. */
  readonly dataDir?: string;
}

/**
 * Starts `redis-server` on the loopback interface. Every write is in its append-only file before it is answered, so a
 * killed server comes back with all that it acknowledged.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const port = options.port ?? (await freePort());
  const dir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "faultline-redis-")));
  const url = `redis://127.0.0.1:${port}`;
  const removeTemporary = async () => {
    if (options.dataDir === undefined) await rm(dir, { recursive: true, force: true });
  };
  let server = await launch(port, dir).catch(async (error: unknown) => {
    await removeTemporary();
    throw error;
  });
  return {
    url,
    port,
    kill: () => server.stop("SIGKILL"),
    async restart() {
      await server.stop();
      server = await launch(port, dir);
    },
    async stop() {
      await server.stop();
      await removeTemporary();
    },
  };
}

async function launch(port: number, dir: string): Promise<ManagedProcess> {
  const settings = {
    port,
    dir,
    bind: "127.0.0.1",
    save: "",
    appendonly: "yes",
    appendfsync: "everysec",
    databases: 1,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = startProcess("redis-server", args);
  return whenReady(
    server,
    waitUntil(() => isServing(port, server.child.pid), {
      what: `Redis on port ${port}`,
      of: server,
      timeoutMs: 20_000,
    }),
  );
}

/** Whether the server on the port is this process: another one's answer would hide that ours could not start. */
async function isServing(port: number, pid: number | undefined): Promise<boolean> {
  const client = new Redis(port, "127.0.0.1", {
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.info("server")).includes(`process_id:${pid}\r\n`);
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}
