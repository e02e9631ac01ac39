/** The functions, as several instances: whoever calls gets any that runs. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rootDir } from "@faultline/local/emulators";
import type { Random } from "../support/random.ts";
import { createUnit, type Unit } from "./processes.ts";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
}

export interface Publishers {
  readonly units: readonly Unit[];
  /** Rejects when the instance dies under the call, or none runs. */
  call(random: Random, method: string, path: string, request?: CallOptions): Promise<Answer>;
  /**
   * Kills this instance with SIGKILL as soon as Redis has answered its next append, before it hears the answer: nobody is
   * told that it was done. False when it appended nothing within `patienceMs`.
   */
  killAfterAppend(unit: Unit, patienceMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface PublisherOptions {
  readonly count: number;
  readonly redisPort: () => number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Longer than any function takes: a call that hangs is a fault of its own. */
const callTimeoutMs = 30_000;

export async function startPublishers(options: PublisherOptions): Promise<Publishers> {
  /** What to do at the answer to an append, by instance. */
  const traps = new Map<string, () => void>();
  const units = await Promise.all(
    Array.from({ length: options.count }, (_, index) => createInstance(options, `publisher ${index}`, traps)),
  );
  const close = async () => {
    await Promise.all(units.map((unit) => unit.close()));
  };
  try {
    await Promise.all(units.map((unit) => unit.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    units,
    call: (random, method, path, request) => call(units, random, { method, path, ...request }),
    killAfterAppend: (unit, patienceMs) => killAfterAppend(traps, unit, patienceMs),
    close,
  };
}

function createInstance(
  { redisPort, environment }: PublisherOptions,
  name: string,
  traps: ReadonlyMap<string, () => void>,
): Promise<Unit> {
  const bundle = join(rootDir, "functions", "lib", "index.js");
  return createUnit({
    name,
    script: "e2e/lib/instance.js",
    healthPath: "/api/nothing",
    redisPort,
    environment: { ...environment, FUNCTION_TARGET: "api", FUNCTIONS_BUNDLE: pathToFileURL(bundle).href },
    meddler: () => (bytes) => {
      const spring = traps.get(name);
      if (!spring || !bytes.includes("appended")) return bytes;
      spring();
      return undefined;
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

interface Call extends CallOptions {
  readonly method: string;
  readonly path: string;
}

async function call(units: readonly Unit[], random: Random, request: Call): Promise<Answer> {
  const { method, path, body, token } = request;
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
