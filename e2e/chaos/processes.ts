/** The processes under test: relays, and instances of the functions, each with a road of its own to Redis. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort, type ManagedProcess, startProcess, waitUntil, whenReady } from "@faultline/local/process";
import { type Meddler, startProxy, type TcpProxy } from "./proxy.ts";

export const projectId = "demo-chaos";

export interface Unit {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** Its road to Redis. */
  readonly redis: TcpProxy;
  /** Starts it, and resolves when it answers; a running one is left alone. */
  start(): Promise<void>;
  isRunning(): boolean;
  /** Ends it; resolves when it has ended. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
  /** The newest that it printed. */
  output(): string;
}

export interface UnitOptions {
  readonly name: string;
  /** Its program, from the project's root. */
  readonly script: string;
  /** Answers once it has started, even while Redis is out. */
  readonly healthPath: string;
  readonly redisPort: () => number;
  readonly environment: Readonly<Record<string, string>>;
  /** Meddles with what Redis answers. */
  readonly meddler?: () => Meddler;
}

/** Cloud Run's patience after SIGTERM. */
const graceMs = 10_000;

/** Sets up one that is not running yet. */
export async function createUnit(options: UnitOptions): Promise<Unit> {
  const { redisPort, meddler } = options;
  const port = await freePort();
  const redis = await startProxy({ target: redisPort, meddler });
  return new ProcessUnit(options, port, redis);
}

class ProcessUnit implements Unit {
  readonly name: string;
  readonly port: number;
  readonly redis: TcpProxy;
  readonly #options: UnitOptions;
  #process: ManagedProcess | undefined;
  #isClosed = false;

  constructor(options: UnitOptions, port: number, redis: TcpProxy) {
    this.name = options.name;
    this.port = port;
    this.redis = redis;
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  isRunning(): boolean {
    const child = this.#process?.child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async start(): Promise<void> {
    if (this.isRunning() || this.#isClosed) return;
    const { name, script, environment, healthPath } = this.#options;
    const started = startProcess(process.execPath, [join(rootDir, script)], {
      env: {
        ...process.env,
        METADATA_SERVER_DETECTION: "none",
        GCLOUD_PROJECT: projectId,
        // Unsigned tokens are taken; nobody has to listen there.
        FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9",
        REDIS_URL: `redis://127.0.0.1:${this.redis.port}`,
        PORT: String(this.port),
        ...environment,
      },
    });
    this.#process = started;
    const isAnswering = () => fetch(`${this.url}${healthPath}`).then(Boolean, () => false);
    await whenReady(started, waitUntil(isAnswering, { what: name, of: started }));
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    await this.#process?.stop(signal, graceMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop("SIGKILL");
    await this.redis.close();
  }

  output(): string {
    return this.#process?.output() ?? "";
  }
}
