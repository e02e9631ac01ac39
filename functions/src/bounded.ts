/** Waiting, but not for ever. */
import { setTimeout as delay } from "node:timers/promises";

/** What `work` gives; rejects when it has given nothing after `timeoutMs`. What it rejects with later is dropped. */
export async function bounded<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const stop = new AbortController();
  const timeout = delay(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`not within ${timeoutMs} ms`);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    stop.abort();
    void Promise.allSettled([work, timeout]);
  }
}
