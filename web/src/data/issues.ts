/** All issues that one may see, kept up to date for the whole page. */
import type { IssuesSnapshot, WatchedIssue, WatchStatus } from "@faultline/client";
import { useIssue as useWatchedIssue, useIssues as useWatchedIssues } from "@faultline/client/react";
import { createContext, createElement, type ReactNode, useContext, useEffect, useMemo } from "react";
import { useCalm } from "./calm.ts";

export interface Issues {
  readonly issues: readonly WatchedIssue[];
  readonly byId: ReadonlyMap<string, WatchedIssue>;
  /** "loading" until the last page is there; what there is of them is shown meanwhile. */
  readonly phase: WatchStatus;
}

/** Nobody reads faster, and with thousands of issues every new list costs the views several milliseconds. */
const everyMs = 100;

const Context = createContext<Issues | undefined>(undefined);

export function IssuesProvider({ children }: { readonly children: ReactNode }) {
  const watched = useWatchedIssues();
  const { items, hasMore, loadMore } = watched;
  // Page by page rather than all at once, so that the first are there soon.
  useEffect(() => {
    if (hasMore && items.length > 0) loadMore();
  }, [hasMore, items.length, loadMore]);
  const shown = useCalm(watched, everyMs);
  const value = useMemo(() => issuesOf(shown), [shown]);
  return createElement(Context.Provider, { value }, children);
}

function issuesOf({ items, hasMore, status }: IssuesSnapshot): Issues {
  return {
    issues: items,
    byId: new Map(items.map((issue) => [issue.id, issue])),
    phase: status === "ready" && hasMore ? "loading" : status,
  };
}

export function useIssues(): Issues {
  const issues = useContext(Context);
  if (!issues) throw new Error("there is no IssuesProvider around this component");
  return issues;
}

export interface UsedIssue {
  /** Undefined while it is not known, and when there is none. */
  readonly issue: WatchedIssue | undefined;
  readonly phase: WatchStatus;
}

/** One issue, whether or not it is among those of the list. */
export function useIssue(id: string): UsedIssue {
  const { issue, status } = useWatchedIssue(id);
  return { issue, phase: status };
}
