/** The Firebase CLI's emulators: Auth, Functions and Hosting; Firestore too where the official one is asked for. */
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { dashboardConfig } from "./dashboard.ts";
import { freePort, type ManagedProcess, startProcess, waitUntil, whenReady } from "./process.ts";
import { type Addresses, addressesOf, projectId, type Settings } from "./settings.ts";

/** The project's root folder, seen from `local/lib` as from `local/src`. */
export const rootDir = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

export interface EmulatorOptions {
  readonly settings: Settings;
  /** A folder of this run's own, inside the project. */
  readonly runDir: string;
  readonly redisUrl: string;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Starts the emulators; resolves when the functions are loaded and Hosting serves. */
export async function startEmulators(options: EmulatorOptions): Promise<ManagedProcess> {
  const { settings, runDir, redisUrl, onLine, signal } = options;
  await stage(options);
  const addresses = addressesOf(settings);
  const only = [
    "auth",
    "functions",
    "hosting",
    ...(settings.firestore === "official" ? ["firestore"] : []),
  ].join(",");
  const cli = createRequire(import.meta.url).resolve("firebase-tools/lib/bin/firebase.js");
  const args = [
    cli,
    "emulators:start",
    "--only",
    only,
    "--project",
    projectId,
    "--config",
    join(runDir, "firebase.json"),
  ];
  const emulators = startProcess(process.execPath, args, {
    cwd: runDir,
    env: { ...process.env, ...emulatorEnvironment(settings, addresses), REDIS_URL: redisUrl },
    ...(onLine && { onLine }),
  });
  const areServing = async () => (await areFunctionsLoaded(addresses)) && isServing(`${addresses.hosting}/`);
  const what = "The Firebase emulators";
  return whenReady(
    emulators,
    waitUntil(areServing, { what, of: emulators, timeoutMs: 120_000, everyMs: 200, signal }),
  );
}

/** What any process needs to reach the emulated Firestore and Auth rather than Google's. */
export function emulatorEnvironment(
  settings: Settings,
  addresses: Addresses,
): Readonly<Record<string, string>> {
  return {
    // Without this, every process looks for Google's metadata server first, and waits for it.
    METADATA_SERVER_DETECTION: "none",
    GCLOUD_PROJECT: projectId,
    FIREBASE_AUTH_EMULATOR_HOST: addresses.auth,
    ...(settings.firestore === "embedded" && { FIRESTORE_EMULATOR_HOST: addresses.firestore }),
  };
}

/**
 * Lays out a folder for this run: the project's `firebase.json` with this run's ports, the functions with this run's
 * secret, and the dashboard with this run's addresses. Several stacks can so run from one checkout, and nothing is written into the sources.
 */
async function stage({ settings, runDir, redisUrl }: EmulatorOptions): Promise<void> {
  const functionsDir = join(runDir, "functions");
  await mkdir(functionsDir, { recursive: true });
  // Without the parameters of `.env` the Firebase CLI would ask for them.
  for (const file of ["package.json", ".env"])
    await cp(join(rootDir, "functions", file), join(functionsDir, file));
  await symlink(join(rootDir, "functions", "lib"), join(functionsDir, "lib"), "dir");
  await stageDashboard(settings, join(runDir, "web", "dist"));
  await writeFile(join(functionsDir, ".secret.local"), `REDIS_URL=${redisUrl}\n`);
  await writeFile(join(functionsDir, ".env.local"), parameterLines(process.env));
  for (const file of ["firestore.rules", "firestore.indexes.json"])
    await cp(join(rootDir, file), join(runDir, file));
  const config = JSON.parse(await readFile(join(rootDir, "firebase.json"), "utf8")) as FirebaseConfig;
  await writeFile(join(runDir, "firebase.json"), JSON.stringify(await withPorts(config, settings), null, 2));
}

/** The page as it is deployed, but told of this run's addresses and of the demo users. */
async function stageDashboard(settings: Settings, dir: string): Promise<void> {
  await cp(join(rootDir, "web", "dist"), dir, { recursive: true });
  await writeFile(join(dir, "config.json"), JSON.stringify(dashboardConfig(settings), null, 2));
}

/** The functions' parameters that the environment sets; the emulator takes them from a file only. */
function parameterLines(environment: NodeJS.ProcessEnv): string {
  const names = ["FAULTLINE_PUBLISH_TIMEOUT_MS", "FAULTLINE_LOG_ENTRIES", "FAULTLINE_LOG_SECONDS"];
  return names.flatMap((name) => (environment[name] ? [`${name}=${environment[name]}\n`] : [])).join("");
}

interface FirebaseConfig {
  readonly functions: readonly Record<string, unknown>[];
  readonly emulators: Record<string, unknown>;
}

async function withPorts(config: FirebaseConfig, { ports }: Settings): Promise<FirebaseConfig> {
  const host = "127.0.0.1";
  const services = {
    auth: ports.auth,
    functions: ports.functions,
    firestore: ports.firestore,
    hosting: ports.hosting,
  };
  // The emulators' own helpers get free ports, so that a second stack does not meet the first.
  const helpers = await Promise.all(
    ["hub", "logging", "eventarc", "tasks"].map(
      async (name) => [name, { host, port: await freePort() }] as const,
    ),
  );
  const emulators = {
    ...config.emulators,
    ...Object.fromEntries(Object.entries(services).map(([name, port]) => [name, { host, port }])),
    ...Object.fromEntries(helpers),
  };
  return { ...config, emulators };
}

/** The Functions emulator answers before it has loaded the functions; until then it lists none. */
async function areFunctionsLoaded({ functions }: Addresses): Promise<boolean> {
  const { backends } = await fetch(`${functions}/backends`, { signal: AbortSignal.timeout(2_000) })
    .then((response) => response.json() as Promise<Backends>)
    .catch((): Backends => ({ backends: [] }));
  return backends.some(({ functionTriggers }) => functionTriggers.length > 0);
}

interface Backends {
  readonly backends: readonly { readonly functionTriggers: readonly unknown[] }[];
}

async function isServing(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}
