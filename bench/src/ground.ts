/** What all servers stand on: Redis, Firestore with an organization in it, and which core is whose. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Backend, startBackend, tokenOf } from "../../e2e/support/backend.ts";
import { type Cores, chooseCores, pin } from "./process.ts";

export interface Ground {
  readonly backend: Backend;
  readonly cores: Cores | undefined;
  /** A folder for as long as this lasts. */
  readonly folder: string;
  /** A file of tokens that is good for this many clients. */
  tokens(clients: number): Promise<string>;
  stop(): Promise<void>;
}

/** A user may have 100 connections. */
const clientsPerUser = 50;

export async function startGround(): Promise<Ground> {
  const cores = chooseCores();
  await pin(process.pid, cores?.rest);
  const folder = await mkdtemp(join(tmpdir(), "faultline-bench-"));
  const backend = await startBackend();
  return {
    backend,
    cores,
    folder,
    async tokens(clients) {
      const path = join(folder, `tokens-${clients}`);
      const users = Math.ceil(clients / clientsPerUser);
      const tokens = Array.from({ length: users }, (_, number) => tokenOf(`user-${number}`));
      await writeFile(path, `${tokens.join("\n")}\n`);
      return path;
    },
    async stop() {
      await backend.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
