/** A relay process whose memory and open connections can be asked for. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort, type ManagedProcess, waitUntil } from "@faultline/local/process";
import { type Sample, scrape } from "../../relay/test/metrics.ts";
import type { Backend } from "./backend.ts";
import type { Memory } from "./memory.ts";

export interface MeasuredRelay {
  readonly port: number;
  readonly process: ManagedProcess;
  /** What it has said of errors so far, at most the newest hundred lines. */
  readonly complaints: readonly string[];
  isRunning(): boolean;
  /** After it has collected its garbage. */
  memory(): Promise<Memory>;
  /** The sum of the relay's samples of this name. */
  metric(name: string): Promise<number>;
}

/** What the logs of a relay that is well do not have. */
const severe: readonly unknown[] = ["ERROR", "CRITICAL"];
const mostComplaints = 100;

/** What it takes in is the test's to say: nothing is refused for coming too fast, or because the machine is busy. */
const environment = { FAULTLINE_HANDSHAKES_PER_SECOND: "100000", FAULTLINE_OVERLOAD_LAG_MS: "60000" };

export async function startMeasuredRelay(backend: Backend): Promise<MeasuredRelay> {
  const port = await freePort();
  const complaints: string[] = [];
  let collections = 0;
  const relay = await backend.startRelay({
    port,
    environment,
    nodeArguments: [
      "--no-deprecation",
      "--expose-gc",
      "--import",
      join(rootDir, "e2e", "support", "collect.mjs"),
    ],
    onLine(line) {
      if (line.startsWith("collected: ")) collections += 1;
      else if (isSevere(line)) complaints.splice(0, complaints.push(line) - mostComplaints);
    },
  });
  const samples = () => scrape(`http://127.0.0.1:${port}`);
  return {
    port,
    process: relay,
    complaints,
    isRunning: () => relay.child.exitCode === null && relay.child.signalCode === null,
    async memory() {
      const before = collections;
      relay.child.kill("SIGUSR2");
      await waitUntil(() => collections > before, {
        what: "the garbage to be collected",
        of: relay,
        everyMs: 10,
      });
      const all = await samples();
      return {
        heapMiB: mebibytes(sumOf(all, "nodejs_heap_size_used_bytes")),
        rssMiB: mebibytes(sumOf(all, "process_resident_memory_bytes")),
      };
    },
    metric: async (name) => sumOf(await samples(), `faultline_relay_${name}`),
  };
}

/** What is no line of the log, such as a stack of V8's, is as bad as an error. */
function isSevere(line: string): boolean {
  try {
    return severe.includes((JSON.parse(line) as { severity?: string }).severity);
  } catch {
    return true;
  }
}

function sumOf(samples: readonly Sample[], name: string): number {
  return samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
}

function mebibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}
