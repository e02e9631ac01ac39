/** What is told in passing: a small store, so that anything may tell and one place shows. */
import { useSyncExternalStore } from "react";

export interface Notice {
  /** A second notice of the same key replaces the first. */
  readonly key: string;
  readonly tone: "critical" | "high" | "plain";
  readonly title: string;
  readonly detail: string;
  /** Where to look. */
  readonly href?: string;
}

const mostShown = 4;
const lifeMs = 12_000;

let notices: readonly Notice[] = [];
const listeners = new Set<() => void>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Shows it; what is not critical goes by itself. */
export function notify(notice: Notice): void {
  show([...notices.filter(({ key }) => key !== notice.key), notice].slice(-mostShown));
  clearTimeout(timers.get(notice.key));
  if (notice.tone !== "critical")
    timers.set(
      notice.key,
      setTimeout(() => dismiss(notice.key), lifeMs),
    );
}

export function dismiss(key: string): void {
  clearTimeout(timers.get(key));
  timers.delete(key);
  show(notices.filter((notice) => notice.key !== key));
}

/** Those that are shown, the oldest first. */
export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(subscribe, () => notices);
}

function show(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
