/** The load balancer as `deploy/` has it. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort, type ManagedProcess, startProcess, waitUntil, whenReady } from "@faultline/local/process";

export interface LoadBalancer {
  readonly port: number;
  /** Resolves when a relay, from now on, is found to be up (or down). */
  untilSeen(relay: number, state: "UP" | "DOWN"): Promise<void>;
  stop(): Promise<void>;
}

/** Starts HAProxy in front of relays on these ports. */
export async function startLoadBalancer(relayPorts: readonly number[]): Promise<LoadBalancer> {
  const port = await freePort();
  const lines: string[] = [];
  const haproxy = startProcess("haproxy", ["-W", "-db", "-f", join(rootDir, "deploy", "haproxy.cfg")], {
    env: {
      ...process.env,
      LISTEN: `127.0.0.1:${port}`,
      ...Object.fromEntries(relayPorts.map((relay, at) => [`RELAY_${at + 1}`, `127.0.0.1:${relay}`])),
    },
    onLine: (line) => lines.push(line),
  });
  await whenReady(haproxy, untilServing(port, haproxy));
  return {
    port,
    async untilSeen(relay, state) {
      const isSaid = lineOf(`relays/relay-${relay + 1} is ${state}`);
      const from = lines.length;
      await waitUntil(() => lines.slice(from).some(isSaid), {
        what: `HAProxy to see relay ${relay} ${state}`,
        of: haproxy,
        timeoutMs: 20_000,
      });
    },
    stop: () => haproxy.stop(),
  };
}

/** It takes every relay for up when it starts; any answer from one, a refusal above all, shows that it serves. */
function untilServing(port: number, haproxy: ManagedProcess): Promise<boolean> {
  const isServing = () =>
    fetch(`http://127.0.0.1:${port}/api/realtime/status`).then(
      ({ ok }) => ok,
      () => false,
    );
  return waitUntil(isServing, { what: "HAProxy", of: haproxy });
}

function lineOf(words: string): (line: string) => boolean {
  return (line) => line.includes(words);
}
