/** The real stack, started as a newcomer starts it, on ports of its own. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort, type ManagedProcess, startProcess, waitUntil } from "@faultline/local/process";
import { type RedisServer, startRedis } from "@faultline/local/redis";
import { startRelay } from "@faultline/local/relay";
import { type Addresses, addressesOf, readSettings, type Settings } from "@faultline/local/settings";

/** Where everything is; data alone, so that it can be told to another process. */
export interface Stack {
  readonly settings: Settings;
  readonly addresses: Addresses;
  /** What the local commands need in their environment to find this stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of two relays on one Redis. */
  readonly relays: readonly [string, string];
  readonly redisUrl: string;
}

/** A stack of one's own, whose parts can be ended. */
export interface StackUnderTest extends Stack {
  readonly redis: RedisServer;
  /** Everything that was printed so far. */
  output(): string;
  stop(): Promise<void>;
}

const services = ["HOSTING", "FUNCTIONS", "AUTH", "FIRESTORE", "RELAY", "REDIS"] as const;

/**
 * Starts Redis, `npm start`'s stack on it, and a second relay: seconds, which tests that can share one need not take.
 * `more` is added to their environment.
 */
export async function startStackUnderTest(
  more: Readonly<Record<string, string>> = {},
): Promise<StackUnderTest> {
  process.env.METADATA_SERVER_DETECTION = "none";
  const ports = await Promise.all(
    services.map(async (name) => [`FAULTLINE_PORT_${name}`, String(await freePort())] as const),
  );
  const redis = await startRedis();
  const environment = { ...more, ...Object.fromEntries(ports), REDIS_URL: redis.url };
  const settings = readSettings(environment);
  const started: ManagedProcess[] = [];
  const stop = async () => {
    for (const one of started.reverse()) await one.stop("SIGINT", 30_000);
    await redis.stop();
  };
  try {
    const stack = startProcess(process.execPath, [join(rootDir, "local", "bin", "run.mjs"), "start"], {
      cwd: rootDir,
      env: { ...process.env, ...environment },
    });
    started.push(stack);
    await waitUntil(() => stack.output().includes("Faultline is up."), {
      what: "The stack",
      of: stack,
      timeoutMs: 150_000,
    });
    const secondPort = await freePort();
    started.push(await startRelay({ settings, redisUrl: redis.url, port: secondPort }));
    const addresses = addressesOf(settings);
    const relays = [addresses.relay, `http://127.0.0.1:${secondPort}`] as const;
    const where: Stack = { settings, addresses, environment, relays, redisUrl: redis.url };
    return { ...where, redis, output: () => stack.output(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts `npm run COMMAND -- ARGS` against the stack. */
export function startCommand(
  { environment }: Pick<Stack, "environment">,
  command: string,
  args: readonly string[],
): ManagedProcess {
  return startProcess(process.execPath, [join(rootDir, "local", "bin", "run.mjs"), command, ...args], {
    cwd: rootDir,
    env: { ...process.env, ...environment },
  });
}

/** Runs a command; resolves with what it printed, whatever its exit status. */
export async function runCommand(
  stack: Pick<Stack, "environment">,
  command: string,
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly output: string }> {
  const run = startCommand(stack, command, args);
  try {
    await waitUntil(() => run.child.exitCode !== null || run.child.signalCode !== null, {
      what: `npm run ${command}`,
      timeoutMs: 600_000,
    });
    await run.closed;
    return { status: run.child.exitCode, output: run.output() };
  } finally {
    await run.stop();
  }
}
