/** One issue, kept up to date. */
import { Refusal } from "../base/refusal.ts";
import { placeRooms } from "../live/rooms.ts";
import { ready, unknown, Watch, type WatchSnapshot } from "../live/watch.ts";
import type { WatchedIssue } from "./cache.ts";
import type { IssueDeps } from "./issues.ts";

export interface IssueSnapshot extends WatchSnapshot {
  /** Undefined while it is not known, and when there is none: it was deleted, or never was. */
  readonly issue: WatchedIssue | undefined;
}

/** Its building's room is joined, so that following one issue does not mean following all. */
export function createIssueWatch(deps: IssueDeps, id: string): Watch<IssueSnapshot> {
  const { cache, member } = deps;
  const show = () => watch.show({ ...ready, issue: cache.get(id) });
  const watch: Watch<IssueSnapshot> = new Watch({
    ...deps,
    initial: { ...unknown, issue: undefined },
    async rooms() {
      if (!cache.get(id)) await fetchIssue(deps, id);
      const issue = cache.get(id);
      return placeRooms(await member(), issue ? { buildingId: issue.buildingId } : {});
    },
    follow() {
      // What others watch already is as good as what a fetch would give.
      if (cache.get(id)) show();
      return cache.subscribe((ids) => {
        if (ids.has(id) && watch.getSnapshot().status === "ready") show();
      });
    },
    async load(signal) {
      await fetchIssue(deps, id, signal);
      if (!signal.aborted) show();
    },
  });
  return watch;
}

async function fetchIssue({ api, cache }: IssueDeps, id: string, signal?: AbortSignal): Promise<void> {
  const at = cache.now();
  try {
    const issue = await api.issues.get(id, { signal });
    if (!signal?.aborted) cache.learn(issue, at);
  } catch (error) {
    if (!(error instanceof Refusal && error.reason === "issue-unknown")) throw error;
    const isOld = [...cache.learntBefore(at)].some((issue) => issue.id === id);
    if (isOld && !signal?.aborted) cache.forget([id]);
  }
}
