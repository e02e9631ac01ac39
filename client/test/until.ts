/** Waiting for what a store shows. */
import { waitUntil } from "@faultline/local/process";
import { onTestFinished } from "vitest";
import type { Store } from "../src/index.ts";

/** Keeps a store alive for the test, and every snapshot it has shown. */
export function watch<T>(store: Store<T>): readonly T[] {
  const shown: T[] = [store.getSnapshot()];
  onTestFinished(store.subscribe(() => shown.push(store.getSnapshot())));
  return shown;
}

/** Resolves with the first snapshot for which `condition` holds; the store is watched meanwhile. */
export async function until<T>(store: Store<T>, condition: (value: T) => boolean, what = "it"): Promise<T> {
  const end = store.subscribe(() => {});
  try {
    return await waitUntil(() => condition(store.getSnapshot()) && store.getSnapshot(), {
      what: `${what}; last ${JSON.stringify(store.getSnapshot())?.slice(0, 300)}`,
      timeoutMs: 15_000,
      everyMs: 5,
    });
  } catch (error) {
    throw new Error(`${what}: ${JSON.stringify(store.getSnapshot())?.slice(0, 500)}`, { cause: error });
  } finally {
    end();
  }
}
