/** Calls the reconciliation sweep regularly, as its schedule does, and at the end for all that it has not reached yet. */
import { setTimeout as delay } from "node:timers/promises";
import { logRetention } from "@faultline/contract";
import type { Firestore } from "firebase-admin/firestore";
import { createPublisher, createRedis } from "../../functions/src/publisher/index.ts";
import { createStore } from "../../functions/src/store/index.ts";
import { createSweep } from "../../functions/src/triggers/sweep.ts";
import type { Random } from "../support/random.ts";
import type { Publishers } from "./publishers.ts";

/** More often than in production, so that a run sees it work. */
const everyMs = 20_000;

/** A sweep leaves what is newer than some minutes to the triggers: longer than that. */
const aheadMs = 600_000;

export interface Sweeper {
  /**
   * Ends the regular sweeps, and sweeps as if it were ten minutes later: for when nobody writes any more and all triggers
   * are done, so that nothing is left to wait for.
   */
  finish(): Promise<void>;
  stop(): Promise<void>;
}

export interface SweeperOptions {
  readonly publishers: Pick<Publishers, "call">;
  readonly firestore: Firestore;
  readonly redisPort: () => number;
  readonly random: Random;
}

export function startSweeper({ publishers, firestore, redisPort, random }: SweeperOptions): Sweeper {
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
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return {
    async finish() {
      await stop();
      await sweepAhead(firestore, redisPort());
    },
    stop,
  };
}

async function sweepAhead(firestore: Firestore, redisPort: number): Promise<void> {
  const store = createStore(firestore);
  const publisher = createPublisher({
    redis: createRedis({ url: `redis://127.0.0.1:${redisPort}` }),
    history: store.history,
    retention: logRetention,
    connectTimeoutMs: 5_000,
  });
  const lookBackSeconds = logRetention.seconds;
  const now = () => new Date(Date.now() + aheadMs);
  try {
    await createSweep({ store, publisher, lookBackSeconds, now })();
  } finally {
    publisher.close();
  }
}
