/** How the process is: what is measured, and what it may come to. */
import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";

/** What can become scarce. */
export const strains = ["event-loop", "memory"] as const;
export type Strain = (typeof strains)[number];

export interface Vitals {
  /** How late the event loop was at most since the last call, in milliseconds. */
  lagMs(): number;
  /** Of the memory that the process may use, the part that it uses: the larger of its heap's and its container's. */
  memory(): number;
  close(): void;
}

/** How often the event loop is looked at. */
const lookMs = 20;

/** `memoryBytes` is what the process may use at most, by default what its container may. */
export function measureVitals(memoryBytes = containerBytes()): Vitals {
  let lookedAt = performance.now();
  let worstMs = 0;
  // Not perf_hooks' monitor: whenever it is read and reset, it forgets the delay that is just under way.
  const look = () => {
    const now = performance.now();
    worstMs = Math.max(worstMs, now - lookedAt - lookMs);
    lookedAt = now;
  };
  const timer = setInterval(look, lookMs).unref();
  return {
    lagMs() {
      look();
      const lagMs = worstMs;
      worstMs = 0;
      return lagMs;
    },
    memory() {
      const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
      return Math.max(used / limit, process.memoryUsage.rss() / memoryBytes);
    },
    close: () => clearInterval(timer),
  };
}

/** Without a limit of its own a container may use all that the machine has. */
function containerBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
