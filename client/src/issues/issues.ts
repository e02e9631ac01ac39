/** Lists of issues, kept up to date. */
import type { IssueFilter } from "../api/api.ts";
import type { LiveDeps } from "../live/heat.ts";
import { placeRooms } from "../live/rooms.ts";
import { ready, unknown, Watch, type Watched, type WatchSnapshot } from "../live/watch.ts";
import type { IssueCache, WatchedIssue } from "./cache.ts";
import { IssueList, pageSize } from "./list.ts";

export interface IssuesFilter extends IssueFilter {
  /** How many to begin with; all of them with Infinity. Default 200. */
  readonly limit?: number | undefined;
}

export interface IssuesSnapshot extends WatchSnapshot {
  /** In the order of the filter; an issue that has not changed is the same object as before. */
  readonly items: readonly WatchedIssue[];
  /** Whether there are more than these, which `loadMore` fetches. */
  readonly hasMore: boolean;
}

export interface WatchedIssues extends Watched<IssuesSnapshot> {
  /** Goes on by as many as the filter's limit. */
  loadMore(): void;
}

export interface IssueDeps extends LiveDeps {
  readonly cache: IssueCache;
}

export type IssuesWatch = WatchedIssues & Watch<IssuesSnapshot>;

export function createIssuesWatch(deps: IssueDeps, filter: IssuesFilter): IssuesWatch {
  const { api, cache, member } = deps;
  const { limit = pageSize, ...query } = filter;
  const list = new IssueList({ api, cache, query, limit });
  const loadMissing = async (signal: AbortSignal) => {
    await list.loadMissing(signal);
    if (!signal.aborted) show();
  };
  const show = () => watch.show({ ...ready, items: list.items, hasMore: list.hasMore });
  const watch: Watch<IssuesSnapshot> = new Watch({
    ...deps,
    initial: { ...unknown, items: [], hasMore: false },
    rooms: async () => placeRooms(await member(), query),
    follow: () =>
      cache.subscribe((ids) => {
        list.update(ids);
        const { status, items } = watch.getSnapshot();
        if (status !== "ready") return;
        if (list.items !== items) show();
        if (list.isShort) watch.loadFurther(loadMissing);
      }),
    async load(signal) {
      await list.load(signal);
      if (!signal.aborted) show();
    },
  });
  return Object.assign(watch, {
    loadMore() {
      list.widen();
      watch.loadFurther(loadMissing);
    },
  });
}
