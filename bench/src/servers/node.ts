/** A server that Node runs can be told to collect its garbage, so that what it holds is what is measured. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { type ManagedProcess, waitUntil } from "@faultline/local/process";

export const nodeArguments: readonly string[] = [
  "--no-deprecation",
  "--expose-gc",
  "--import",
  join(rootDir, "e2e", "support", "collect.mjs"),
];

/** Gives the bytes of its young generation when it has. */
export async function collectGarbage(server: ManagedProcess): Promise<number> {
  const collections = () => [...server.output().matchAll(/^collected: (\d+) bytes are young$/gm)];
  const before = collections().length;
  server.child.kill("SIGUSR2");
  await waitUntil(() => collections().length > before, { what: "the garbage to be collected", of: server });
  return Number(collections().at(-1)?.[1]);
}
