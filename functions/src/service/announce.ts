/** The fast path: a change is published before its request is answered, but never at the cost of the answer. */
import { setTimeout as delay } from "node:timers/promises";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import type { Commit } from "../store/index.ts";

/** Resolves when the change was published, or could not be, or the time was up; never rejects. */
export type Announce = (organizationId: string, commit: Commit) => Promise<void>;

/**
 * It has to be awaited before the answer: work after a function has answered gets no CPU. What it does not achieve the
 * trigger does.
 */
export function createAnnounce(publisher: Pick<Publisher, "publishChange">, timeoutMs: number): Announce {
  return async (organizationId, { activity, cells }) => {
    const stop = new AbortController();
    const timeout = delay(timeoutMs, undefined, { signal: stop.signal }).then(() => {
      throw new Error(`not within ${timeoutMs} ms`);
    });
    const published = publisher.publishChange({ organizationId, activity, cells });
    try {
      await Promise.race([published, timeout]);
    } catch (error) {
      const { issue, version } = activity;
      log(
        "WARNING",
        "publish failed",
        { stage: "fast path", organizationId, issueId: issue.id, version },
        error,
      );
    } finally {
      stop.abort();
      // Whichever lost the race may still reject, and has been told of already.
      void Promise.allSettled([published, timeout]);
    }
  };
}
