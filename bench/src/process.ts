/** What Linux says of a process, and on which core it runs. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { promisify } from "node:util";

/** Which core is whose. */
export interface Cores {
  readonly server: number;
  readonly clients: number;
  /** Of Redis and whoever publishes; the clients' own where there are only two. */
  readonly rest: number;
}

/** Undefined on a machine with one core, where there is nothing to choose. */
export function chooseCores(count = cpus().length): Cores | undefined {
  if (count < 2) return undefined;
  return { server: 0, clients: 1, rest: count > 2 ? 2 : 1 };
}

/** Holds a process, with all its threads, to a core. What it starts from then on stays there, too. */
export async function pin(pid: number, core: number | undefined): Promise<void> {
  if (core === undefined) return;
  await promisify(execFile)("taskset", ["-acp", String(core), String(pid)]);
}

/** The time that its threads have run, user and system. */
export async function cpuSeconds(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const nanoseconds = await Promise.all(threads.map((thread) => ranFor(`/proc/${pid}/task/${thread}`)));
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9;
}

/** A thread may have ended since the listing. */
async function ranFor(path: string): Promise<number> {
  const text = await readFile(`${path}/schedstat`, "utf8").catch(() => "0");
  return Number(text.split(" ")[0]);
}

export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}
