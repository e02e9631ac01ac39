/** The fast path: a change is published before its request is answered, but never at the cost of the answer. */

import { bounded } from "../bounded.ts";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import type { Commit } from "../store/index.ts";
import { currentTrace } from "../trace.ts";

/** Resolves when the change was published, or could not be, or the time was up; never rejects. */
export type Announce = (organizationId: string, commit: Commit) => Promise<void>;

/**
 * It has to be awaited before the answer: work after a function has answered gets no CPU. What it does not achieve the
 * trigger does.
 */
export function createAnnounce(publisher: Pick<Publisher, "publishChange">, timeoutMs: number): Announce {
  return async (organizationId, { activity, cells }) => {
    try {
      const change = { organizationId, activity, cells, traceparent: currentTrace() };
      await bounded(publisher.publishChange(change), timeoutMs);
    } catch (error) {
      const { issue, version } = activity;
      const fields = { stage: "fast path", organizationId, issueId: issue.id, version };
      log("WARNING", "publish failed", fields, error);
    }
  };
}
