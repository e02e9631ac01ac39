/** Starts a server that is not ours, on the servers' core. */
import { type ManagedProcess, startProcess, waitUntil, whenReady } from "@faultline/local/process";
import type { Ground } from "../ground.ts";
import { pin } from "../process.ts";

export interface Peer {
  readonly process: ManagedProcess;
  readonly pid: number;
}

/** Resolves when it has said that it listens. */
export async function startPeer(
  ground: Ground,
  name: string,
  command: string,
  args: readonly string[],
): Promise<Peer> {
  const started = startProcess(command, args, { env: process.env });
  const isListening = () => started.output().includes("listening");
  await whenReady(started, waitUntil(isListening, { what: name, of: started, timeoutMs: 20_000 }));
  const pid = started.child.pid ?? 0;
  await pin(pid, ground.cores?.server);
  return { process: started, pid };
}
