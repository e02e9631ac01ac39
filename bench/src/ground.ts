/** What all servers stand on: Redis, Firestore with an organization in it, and which core is whose. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { type Backend, startBackend } from "../../e2e/support/backend.ts";
import { type Cores, chooseCores, pin } from "./process.ts";

export interface Ground {
  readonly backend: Backend;
  readonly cores: Cores | undefined;
  /** A folder for as long as this lasts. */
  readonly folder: string;
  stop(): Promise<void>;
}

const ownDir = join(rootDir, "bench", "lib");

export interface GroundOptions {
  /** Whether everybody, and this process, is held to a core. Default true. */
  readonly isPinned?: boolean;
}

export async function startGround({ isPinned = true }: GroundOptions = {}): Promise<Ground> {
  const cores = isPinned ? chooseCores() : undefined;
  await pin(process.pid, cores?.rest);
  await mkdir(ownDir, { recursive: true });
  const folder = await mkdtemp(join(ownDir, "run-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const backend = await startBackend().catch(async (error: unknown) => {
    await removeFolder();
    throw error;
  });
  return {
    backend,
    cores,
    folder,
    async stop() {
      await backend.stop();
      await removeFolder();
    },
  };
}
