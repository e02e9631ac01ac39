/** The functions, as several instances of one process: whoever calls gets any that runs. */
import { createUnit, type Unit } from "./processes.ts";
import type { Random } from "./random.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface Publishers {
  readonly units: readonly Unit[];
  /** Rejects when the instance dies under the call, or none runs. */
  call(random: Random, method: string, path: string, request?: CallOptions): Promise<Answer>;
  /**
   * Kills this instance with SIGKILL as soon as Redis has answered its next append, before it hears the answer: what it
   * appended is never pushed by it. False when it appended nothing within `patienceMs`.
   */
  killAfterAppend(unit: Unit, patienceMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
}

export interface PublisherOptions {
  readonly count: number;
  readonly redisPort: () => number;
  readonly firestoreAddress: string;
}

/** Longer than any function takes: a call that hangs is a fault of its own. */
const callTimeoutMs = 30_000;

export async function startPublishers(options: PublisherOptions): Promise<Publishers> {
  /** What to do at the answer to an append, by instance. */
  const traps = new Map<string, () => void>();
  const units = await Promise.all(
    Array.from({ length: options.count }, (_, index) => createInstance(options, `publisher ${index}`, traps)),
  );
  await Promise.all(units.map((unit) => unit.start()));
  return {
    units,
    call: (random, method, path, request) => call(units, random, method, path, request),
    killAfterAppend: (unit, patienceMs) => killAfterAppend(traps, unit, patienceMs),
    async close() {
      await Promise.all(units.map((unit) => unit.close()));
    },
  };
}

function createInstance(
  { redisPort, firestoreAddress }: PublisherOptions,
  name: string,
  traps: ReadonlyMap<string, () => void>,
): Promise<Unit> {
  return createUnit({
    name,
    script: "e2e/lib/instance.js",
    healthPath: "/api/nothing",
    redisPort,
    environment: { FIRESTORE_EMULATOR_HOST: firestoreAddress },
    onRedisAnswer: (bytes) => {
      const spring = traps.get(name);
      if (!spring || !bytes.includes("appended")) return true;
      spring();
      return false;
    },
  });
}

async function killAfterAppend(
  traps: Map<string, () => void>,
  unit: Unit,
  patienceMs: number,
): Promise<boolean> {
  const isSprung = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), patienceMs);
    traps.set(unit.name, () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  traps.delete(unit.name);
  if (isSprung) await unit.stop("SIGKILL");
  return isSprung;
}

async function call(
  units: readonly Unit[],
  random: Random,
  method: string,
  path: string,
  { body, token }: CallOptions = {},
): Promise<Answer> {
  const unit = random.pick(units.filter((one) => one.isRunning()));
  if (!unit) throw new Error("no publisher runs");
  const response = await fetch(`${unit.url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(callTimeoutMs),
  });
  return { status: response.status, body: await response.text() };
}
