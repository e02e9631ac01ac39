/** A real relay and a real API, as processes of their own, on the run's Redis and Firestore; an organization per file. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort, type ManagedProcess, startProcess, waitUntil, whenReady } from "@faultline/local/process";
import type {} from "@faultline/local/testing/services";
import { afterAll, inject, onTestFinished } from "vitest";
import { createApi, createFaultline, type Faultline, type FaultlineOptions } from "../src/index.ts";
import { startProxy, type TestProxy } from "./proxy.ts";
import { idToken, type TokenOptions } from "./tokens.ts";

export interface Stack {
  readonly api: string;
  readonly relay: string;
  readonly organizationId: string;
  /** The API as an admin, by default. */
  as(options?: TokenOptions): ReturnType<typeof createApi>;
  token(options?: TokenOptions): string;
  /** A client of its own; closed after the test that opened it. */
  open(options?: Partial<FaultlineOptions> & { readonly as?: TokenOptions }): Faultline;
  /** A way to the relay or the API that can be cut; closed after the test that opened it. */
  proxy(to: "api" | "relay"): Promise<TestProxy>;
  /** Ends the relay, as a crash would, and starts it again on its port. */
  killRelay(): Promise<void>;
  startRelay(): Promise<void>;
}

export interface StackOptions {
  /** Default: the run's. */
  readonly redisUrl?: string;
}

/** Starts them before the file's tests, with campuses north and harbor and their buildings. */
export async function startStack({ redisUrl = inject("redisUrl") }: StackOptions = {}): Promise<Stack> {
  const environment = {
    ...process.env,
    METADATA_SERVER_DETECTION: "none",
    GCLOUD_PROJECT: inject("projectId"),
    GOOGLE_CLOUD_PROJECT: inject("projectId"),
    FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9",
    FIRESTORE_EMULATOR_HOST: inject("firestoreHost"),
    REDIS_URL: redisUrl,
    LOG_LEVEL: "warn",
  };
  const port = await freePort();
  const relay = `http://127.0.0.1:${port}`;
  const launchRelay = () => startRelay(relay, { ...environment, PORT: String(port) });
  let [api, running] = await Promise.all([startApi(environment), launchRelay()]);
  afterAll(() => Promise.all([api.process.stop(), running.stop()]).then(() => {}));
  const organizationId = `org-${randomUUID().slice(0, 8)}`;
  const token = (options: TokenOptions = {}) => idToken({ organizationId, ...options });
  const as = (options?: TokenOptions) => createApi({ api: api.url, getToken: () => token(options) });
  await seed(as());
  return {
    api: api.url,
    relay,
    organizationId,
    as,
    token,
    open({ as: who, ...options } = {}) {
      const client = createFaultline({ api: api.url, relay, getToken: () => token(who), ...options });
      onTestFinished(() => client.close());
      return client;
    },
    async proxy(to) {
      const proxy = await startProxy(to === "api" ? api.url : relay);
      onTestFinished(() => proxy.close());
      return proxy;
    },
    killRelay: () => running.stop("SIGKILL"),
    async startRelay() {
      running = await launchRelay();
    },
  };
}

async function startApi(environment: NodeJS.ProcessEnv) {
  const program = join(rootDir, "client", "test", "api.mjs");
  const api = startProcess(process.execPath, [program], { cwd: rootDir, env: environment });
  const find = () => /listening on (\d+)/.exec(api.output())?.[1];
  await whenReady(api, waitUntil(find, { what: "the API", of: api }));
  return { process: api, url: `http://127.0.0.1:${find()}` };
}

function startRelay(url: string, environment: NodeJS.ProcessEnv): Promise<ManagedProcess> {
  const relay = startProcess(process.execPath, [join(rootDir, "relay", "lib", "main.js")], {
    env: environment,
  });
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  return whenReady(relay, waitUntil(isReady, { what: "the relay", of: relay }));
}

async function seed(api: ReturnType<typeof createApi>): Promise<void> {
  const location = { lat: 49.26, lng: -123.25 };
  const buildings = { library: "north", gym: "north", pier: "harbor" };
  for (const id of ["north", "harbor"]) await api.campuses.create({ id, name: id, location });
  for (const [id, campusId] of Object.entries(buildings))
    await api.buildings.create({ id, campusId, name: id, location });
}

export const leak = {
  buildingId: "library",
  title: "Water under the sink",
  category: "plumbing",
  severity: "high",
} as const;
