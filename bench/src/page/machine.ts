/** On what it was measured. */
import { cpus, loadavg, totalmem } from "node:os";
import { tenths } from "./figures.ts";

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly node: string;
  /** Of the last minute, before the stack was started. */
  readonly load: number;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    cores: all.length,
    cpu: all[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: currentLoad(),
  };
}

/** The mean of the last minute: how many wanted to run. */
export function currentLoad(): number {
  return tenths(loadavg()[0] ?? 0);
}
