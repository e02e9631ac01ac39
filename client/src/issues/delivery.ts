/** Sends a write so that it is made once, though answers get lost. */
import type { Activity, Issue } from "@faultline/contract";
import type { Api } from "../api/api.ts";
import { Unreachable } from "../base/refusal.ts";
import type { IssueCache } from "./cache.ts";
import type { Write } from "./queue.ts";

export interface DeliveryDeps {
  readonly api: Pick<Api, "issues">;
  readonly cache: IssueCache;
  /** The user's id. */
  readonly uid: () => string | undefined;
}

export interface Delivery {
  readonly write: Write;
  /** The issue's version before it was sent for the first time; undefined until then. */
  baseVersion: number | undefined;
  /** Whether an answer was lost. */
  isUnsure: boolean;
}

/** The version after which the write's trace is looked for, should an answer be lost. */
export async function baseOf({ api, cache }: DeliveryDeps, { issueId, isIn }: Write): Promise<number> {
  const known = cache.truth(issueId)?.version;
  return known ?? (isIn ? (await api.issues.get(issueId)).version : 0);
}

/** An answer that was lost may have been a yes. */
export async function deliver(deps: DeliveryDeps, delivery: Delivery): Promise<Issue | undefined> {
  const { write, isUnsure } = delivery;
  const done = isUnsure && write.isIn && (await find(deps, delivery));
  if (done) return write.kind === "remove" ? undefined : done.issue;
  try {
    return await write.send(deps.api);
  } catch (error) {
    delivery.isUnsure ||= error instanceof Unreachable;
    throw error;
  }
}

/** The entry of the history that the write has left, if it has. */
async function find(deps: DeliveryDeps, { write, baseVersion = 0 }: Delivery): Promise<Activity | undefined> {
  const { items } = await deps.api.issues.activity(write.issueId, { limit: 50 });
  const uid = deps.uid();
  return items.find((entry) => entry.version > baseVersion && entry.actor.uid === uid && write.isIn?.(entry));
}
