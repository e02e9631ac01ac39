/** What the figures were measured on; nothing that names the machine. */
import { execFileSync } from "node:child_process";
import { arch, cpus, loadavg, release, totalmem, type } from "node:os";
import { mostClients } from "../options.ts";

export type Machine = Readonly<Record<string, string>>;

export function describeMachine(): Machine {
  const [cpu] = cpus();
  return {
    CPU: `${cpu?.model ?? "unknown"}, ${cpus().length} cores, ${arch()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release().split(".", 2).join(".")}`,
    "load when it began": loadavg()[0]?.toFixed(2) ?? "",
    node: process.version,
    redis: versionOf("redis-server", /v=(\S+)/),
    "most connections of a process": String(mostClients()),
  };
}

function versionOf(program: string, pattern: RegExp): string {
  const output = execFileSync(program, ["--version"], { encoding: "utf8" });
  return pattern.exec(output)?.[1] ?? "unknown";
}
