/** The whole local stack, started in order and stopped in the reverse one. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openAdmin } from "./admin.ts";
import { createLogins, seedDemo } from "./demo/seed.ts";
import { rootDir, startEmulators } from "./emulators.ts";
import { type EmbeddedFirestore, startFirestore } from "./firestore/index.ts";
import { isFree } from "./process.ts";
import { startRedis } from "./redis.ts";
import { startRelay } from "./relay.ts";
import { addressesOf, projectId, region, type Settings } from "./settings.ts";
import { createTeardown, type Teardown } from "./teardown.ts";
import { deliverTriggers, discoverTriggers, fileOutbox } from "./triggers/index.ts";
import { UsageError } from "./usage.ts";

/** How long the triggers may take to finish when the stack stops. */
const settleMs = 3_000;

export interface Stack {
  /** Stops everything that was started, newest first; rejects when something could not be, with the rest stopped. */
  stop(): Promise<void>;
}

export interface StackOptions {
  readonly settings: Settings;
  /** An own Redis instead of the private one. */
  readonly redisUrl?: string;
  /** Ends the start; what was started is stopped. */
  readonly signal?: AbortSignal;
  /** Told of each step, and in verbose mode of each line that a service prints. */
  readonly log: (line: string) => void;
}

/** Starts Redis, Firestore, the demo data, the emulators, the triggers and, when all that works, the relay. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const teardown = createTeardown();
  try {
    await startServices(options, teardown.add);
  } catch (error) {
    // Why it could not start matters more than what could not be stopped then.
    await teardown.run().catch((failure: unknown) => options.log(`While stopping: ${String(failure)}`));
    throw error;
  }
  return { stop: teardown.run };
}

async function startServices(options: StackOptions, onStop: Teardown["add"]): Promise<void> {
  const { settings, signal, log } = options;
  await assertPortsFree(options);
  const runDir = join(rootDir, ".faultline", `run-${process.pid}`);
  await mkdir(runDir, { recursive: true });
  onStop(() => rm(runDir, { recursive: true, force: true }));
  const output = (service: string) =>
    settings.verbose ? { onLine: (line: string) => log(`${service} | ${line}`) } : {};

  log("Redis ...");
  const redisUrl = options.redisUrl ?? (await startOwnRedis(settings, onStop));
  const firestore = await startEmbeddedFirestore(options, onStop);
  log("Firebase emulators (Auth, Functions, Hosting) ...");
  const emulators = await startEmulators({ settings, runDir, redisUrl, signal, ...output("firebase") });
  // The Firebase CLI ends its functions' processes on SIGINT.
  onStop(() => emulators.stop("SIGINT", 15_000));
  log("Demo data ...");
  await prepareDemo(settings, log);
  if (firestore) await attachTriggers(firestore, settings, log, onStop);
  log("Relay ...");
  const relay = await startRelay({ settings, redisUrl, signal, ...output("relay") });
  onStop(() => relay.stop());
}

async function assertPortsFree({ settings, redisUrl }: StackOptions): Promise<void> {
  for (const [service, port] of Object.entries(settings.ports)) {
    if (service === "redis" && redisUrl !== undefined) continue;
    if (await isFree(port)) continue;
    throw new UsageError(
      `Port ${port} is in use. End what uses it, or set FAULTLINE_PORT_${service.toUpperCase()} to another.`,
    );
  }
}

async function startOwnRedis(settings: Settings, onStop: Teardown["add"]): Promise<string> {
  const dataDir = settings.dataDir && join(settings.dataDir, "redis");
  if (dataDir) await mkdir(dataDir, { recursive: true });
  const redis = await startRedis({ port: settings.ports.redis, ...(dataDir && { dataDir }) });
  onStop(() => redis.stop());
  return redis.url;
}

async function startEmbeddedFirestore(
  { settings, log }: StackOptions,
  onStop: Teardown["add"],
): Promise<EmbeddedFirestore | undefined> {
  if (settings.firestore === "official") return undefined;
  log("Firestore (embedded) ...");
  const firestore = await startFirestore({
    projectId,
    port: settings.ports.firestore,
    ...(settings.dataDir && { dataDir: join(settings.dataDir, "firestore") }),
  });
  onStop(() => firestore.stop());
  return firestore;
}

async function prepareDemo(settings: Settings, log: (line: string) => void): Promise<void> {
  const admin = openAdmin(addressesOf(settings));
  try {
    await seedDemo(admin.firestore);
    await createLogins(admin, log);
  } finally {
    await admin.close();
  }
}

/**
 * From here on, a write reaches the functions' triggers; what was there before does not count as written. With a data
 * directory, what an earlier stack could not deliver is delivered now.
 */
async function attachTriggers(
  firestore: EmbeddedFirestore,
  settings: Settings,
  log: (line: string) => void,
  onStop: Teardown["add"],
): Promise<void> {
  const routes = await discoverTriggers({ functionsUrl: addressesOf(settings).functions, projectId, region });
  const outbox = settings.dataDir ? fileOutbox(join(settings.dataDir, "triggers"), log) : undefined;
  const delivery = deliverTriggers({ firestore, routes, projectId, log, ...(outbox && { outbox }) });
  onStop(async () => {
    // The services that take the events still run.
    await Promise.race([delivery.idle(), delay(settleMs)]);
    await delivery.stop();
    outbox?.close();
  });
  log(`Triggers: ${routes.map((route) => route.name).join(", ")}`);
}
