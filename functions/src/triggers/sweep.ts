/** The sweep: finds committed changes that never entered the log, since their trigger gave up, and publishes them. */
import type { Activity } from "@faultline/contract";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import type { CommittedPlace, Store } from "../store/index.ts";
import { cellsOf } from "./cells.ts";

/**
 * Newer entries are left to fast path and trigger. It is longer than any function may take from choosing an entry's time
 * to committing it, so that no entry turns up later among those that were swept.
 */
const settleMs = 180_000;
/** Entries that are read at once. */
const pageSize = 300;

export interface SweepDeps {
  readonly store: Pick<Store, "outbox" | "heat">;
  readonly publisher: Pick<Publisher, "isPublished" | "publishChange">;
  /** How far to look back at most: what is older is no longer in a log anyway. */
  readonly lookBackSeconds: number;
  /** How long a sweep may go on before it leaves the rest to the next one. Default 4 minutes. */
  readonly budgetMs?: number;
  /** Default: the clock. */
  readonly now?: () => Date;
}

/** What a sweep did. */
export interface Swept {
  /** Entries that were read. */
  readonly checked: number;
  /** Those that had to be published. */
  readonly published: number;
  /** Every entry before this time is in its log. */
  readonly until: string;
}

/**
 * Resolves when everything up to some minutes ago is in the log; a large backlog takes several sweeps. Rejects while Redis
 * or Firestore is out: the next sweep then begins where this one did. Sweeps may run at the same time, since publishing
 * twice is publishing once.
 */
export type Sweep = () => Promise<Swept>;

export function createSweep(deps: SweepDeps): Sweep {
  const { now = () => new Date() } = deps;
  return async () => {
    try {
      const swept = await sweep(deps, now);
      log(swept.published > 0 ? "WARNING" : "INFO", "log swept", { ...swept });
      return swept;
    } catch (error) {
      log("ERROR", "sweep failed", {}, error);
      throw error;
    }
  };
}

async function sweep(deps: SweepDeps, now: () => Date): Promise<Swept> {
  const { outbox } = deps.store;
  const { lookBackSeconds, budgetMs = 240_000 } = deps;
  const began = now().getTime();
  const before = isoTime(began - settleMs);
  const from = latest(await outbox.swept(), isoTime(began - lookBackSeconds * 1_000));
  let [checked, published] = [0, 0];
  let after: CommittedPlace | undefined;
  do {
    const { items, last } = await outbox.committed({ from, before, after, limit: pageSize });
    published += await publishMissing(deps, items);
    checked += items.length;
    after = last;
    await outbox.setSwept(after?.time ?? latest(from, before));
  } while (after && now().getTime() < began + budgetMs);
  return { checked, published, until: after?.time ?? latest(from, before) };
}

/** Publishes what of a page is not in the log, oldest first. */
async function publishMissing(
  { store, publisher }: SweepDeps,
  entries: readonly Activity[],
): Promise<number> {
  const isPublished = await Promise.all(
    entries.map(({ issue, version }) => publisher.isPublished(issue.organizationId, issue.id, version)),
  );
  const missing = entries.filter((_entry, index) => !isPublished[index]);
  for (const activity of missing) {
    const { organizationId, buildingId } = activity.issue;
    const cells = await cellsOf(store, organizationId, [buildingId]);
    await publisher.publishChange({ organizationId, activity, cells });
  }
  return missing.length;
}

const isoTime = (time: number): string => new Date(time).toISOString();

/** The later of two times. */
function latest(a: string | undefined, b: string): string {
  return a !== undefined && Date.parse(a) > Date.parse(b) ? a : b;
}
