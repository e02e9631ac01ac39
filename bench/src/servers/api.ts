/** The functions as they are deployed, over HTTP: one instance. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rootDir } from "@faultline/local/emulators";
import { freePort, startProcess, waitUntil, whenReady } from "@faultline/local/process";
import { library } from "../event.ts";
import type { Ground } from "../ground.ts";
import { pin } from "../process.ts";
import { tokenIn } from "../users.ts";

export interface Api {
  readonly pid: number;
  /** Sends a request as a manager; rejects unless it succeeds. Gives the answer's body. */
  call(request: ApiRequest): Promise<unknown>;
  /** What Firestore's transactions took since the last call. */
  transactions(): readonly TransactionTime[];
  stop(): Promise<void>;
}

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** In milliseconds. */
export interface TransactionTime {
  readonly whole: number;
  readonly commit: number;
}

export async function startApi({ backend, cores }: Ground): Promise<Api> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/api`;
  const bundle = join(rootDir, "functions", "lib", "index.js");
  const hook = pathToFileURL(join(rootDir, "bench", "src", "servers", "firestore_times.mjs")).href;
  let transactions: TransactionTime[] = [];
  const instance = startProcess(
    process.execPath,
    ["--import", hook, join(rootDir, "e2e", "lib", "instance.js")],
    {
      env: {
        ...process.env,
        METADATA_SERVER_DETECTION: "none",
        GCLOUD_PROJECT: backend.projectId,
        FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9", // unsigned tokens are taken; nobody has to listen there
        FIRESTORE_EMULATOR_HOST: backend.firestore.address,
        REDIS_URL: backend.redisUrl,
        PORT: String(port),
        FUNCTION_TARGET: "api",
        FUNCTIONS_BUNDLE: pathToFileURL(bundle).href,
      },
      onLine(line) {
        const [, whole, commit] = /^transaction (\S+) (\S+)$/.exec(line) ?? [];
        if (whole !== undefined) transactions.push({ whole: Number(whole), commit: Number(commit) });
      },
    },
  );
  const answers = () => fetch(url).then(Boolean, () => false);
  await whenReady(instance, waitUntil(answers, { what: "the API", of: instance }));
  const pid = instance.child.pid ?? 0;
  await pin(pid, cores?.server);
  return {
    pid,
    call: (request) => call(url, request),
    transactions() {
      const taken = transactions;
      transactions = [];
      return taken;
    },
    stop: () => instance.stop("SIGKILL"),
  };
}

/** The request that reports an issue. */
export function creation(title: string): ApiRequest {
  const { buildingId } = library;
  return {
    method: "POST",
    path: "/issues",
    body: { buildingId, title, category: "plumbing", severity: "high" },
  };
}

const token = tokenIn({ role: "manager" }, "bench-manager");

async function call(url: string, { method, path, body }: ApiRequest): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
