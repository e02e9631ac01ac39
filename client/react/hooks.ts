/** Hooks: each watches for as long as its component is mounted, and renders when what it shows has changed. */
import { useMemo, useSyncExternalStore } from "react";
import type {
  ConnectionState,
  HeatmapSnapshot,
  IssueSnapshot,
  IssuesFilter,
  IssuesSnapshot,
  PendingWrite,
  PlaceFilter,
  StatsSnapshot,
  Store,
  Watched,
  WatchSnapshot,
} from "../src/index.ts";
import { useFaultline } from "./context.ts";

export interface WatchOptions {
  /** Suspend while nothing is known, and throw what the server refuses it with. Default false. */
  readonly suspense?: boolean;
}

export interface IssuesView extends IssuesSnapshot {
  readonly loadMore: () => void;
}

/** The issues that match a filter, which need not be the same object each time. */
export function useIssues(filter: IssuesFilter = {}, options?: WatchOptions): IssuesView {
  const watch = useFaultline().watchIssues(filter);
  const snapshot = useWatch(watch, options);
  return useMemo(() => ({ ...snapshot, loadMore: () => watch.loadMore() }), [snapshot, watch]);
}

export function useIssue(id: string, options?: WatchOptions): IssueSnapshot {
  return useWatch(useFaultline().watchIssue(id), options);
}

export function useHeatmap(
  filter: Pick<PlaceFilter, "campusId"> = {},
  options?: WatchOptions,
): HeatmapSnapshot {
  return useWatch(useFaultline().watchHeatmap(filter), options);
}

/** The stats of the organization, a campus or a building. */
export function useStats(filter: PlaceFilter = {}, options?: WatchOptions): StatsSnapshot {
  return useWatch(useFaultline().watchStats(filter), options);
}

/** Whether what is watched is live just now, and if not, why. */
export function useConnection(): ConnectionState {
  return useStore(useFaultline().connection);
}

/** Writes that the server has not answered yet. */
export function usePendingWrites(): readonly PendingWrite[] {
  return useStore(useFaultline().pending);
}

function useWatch<T extends WatchSnapshot>(watch: Watched<T>, { suspense = false }: WatchOptions = {}): T {
  const snapshot = useStore(watch);
  if (suspense && snapshot.status === "loading") throw watch.ready().catch(() => {});
  if (suspense && snapshot.error) throw snapshot.error;
  return snapshot;
}

/** On a server, where nothing is watched, it is the same as before anything is known. */
function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getSnapshot);
}
