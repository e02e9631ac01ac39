/** A relay process. */
import { join } from "node:path";
import { emulatorEnvironment, rootDir } from "./emulators.ts";
import { type ManagedProcess, startProcess, waitUntil, whenReady } from "./process.ts";
import { addressesOf, type Settings } from "./settings.ts";

export interface RelayOptions {
  readonly settings: Settings;
  readonly redisUrl: string;
  /** Default: the relay port of the settings. */
  readonly port?: number;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Starts a relay beside the stack; resolves when it is ready. */
export async function startRelay(options: RelayOptions): Promise<ManagedProcess> {
  const { settings, redisUrl, port = settings.ports.relay, onLine, signal } = options;
  const addresses = addressesOf(settings);
  const relay = startProcess(process.execPath, [join(rootDir, "relay", "lib", "main.js")], {
    env: {
      ...process.env,
      ...emulatorEnvironment(settings, addresses),
      FIRESTORE_EMULATOR_HOST: addresses.firestore,
      REDIS_URL: redisUrl,
      PORT: String(port),
    },
    ...(onLine && { onLine }),
  });
  return whenReady(
    relay,
    waitUntil(() => isReady(port), { what: `The relay on port ${port}`, of: relay, signal }),
  );
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}
