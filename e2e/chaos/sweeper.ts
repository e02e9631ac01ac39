/** Calls the reconciliation sweep regularly, as its schedule does. */
import { setTimeout as delay } from "node:timers/promises";
import type { Publishers } from "./publishers.ts";
import type { Random } from "./random.ts";

/** More often than in production, so that a run sees it work. */
const everyMs = 20_000;

export interface Sweeper {
  stop(): Promise<void>;
}

export function startSweeper(publishers: Pick<Publishers, "call">, random: Random): Sweeper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      await delay(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // One that fails is made up for by the next.
      await publishers.call(random, "POST", "/sweep", { body: {} }).catch(() => {});
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
