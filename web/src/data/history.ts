import type { Page } from "@faultline/client";
import { useFaultline } from "@faultline/client/react";
import type { Activity, Issue } from "@faultline/contract";
import { useCallback, useMemo, useState } from "react";
import { useFetched } from "./fetched.ts";

export interface UsedHistory {
  /** The newest first. */
  readonly entries: readonly Activity[];
  /** Fetches older ones; undefined when there are none. */
  readonly more: (() => void) | undefined;
}

/** The history of an issue, fetched again with each version of it. */
export function useHistory({ id, version }: Pick<Issue, "id" | "version">): UsedHistory {
  const { api } = useFaultline();
  const [older, setOlder] = useState<readonly Page<Activity>[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version has another history
  const newest = useFetched(useCallback(() => api.issues.activity(id), [api, id, version]));
  const entries = useMemo(() => {
    const all = [...(newest?.items ?? []), ...older.flatMap(({ items }) => items)];
    return [...new Map(all.map((entry) => [entry.version, entry])).values()];
  }, [newest, older]);
  const cursor = (older.at(-1) ?? newest)?.nextCursor;
  const more = async () => {
    const page = await api.issues.activity(id, { cursor });
    setOlder((before) => [...before, page]);
  };
  return { entries, more: cursor === undefined ? undefined : () => void more() };
}
