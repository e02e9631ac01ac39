import type { WatchedIssue } from "@faultline/client";
import {
  type FocusEvent,
  type PointerEvent,
  type UIEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { type HeldRows, holdRows } from "./held-rows.ts";

/** Farther down than this, in pixels, the list is being read. */
const readingFrom = 8;

interface Reasons {
  readonly isPointedAt: boolean;
  readonly isFocused: boolean;
  readonly isScrolled: boolean;
}

const free: Reasons = { isPointedAt: false, isFocused: false, isScrolled: false };

export interface UsedHeldRows extends HeldRows<WatchedIssue> {
  /** Shows the list as it should be now, and holds that. */
  readonly release: () => void;
  /** For the element that scrolls. */
  readonly holders: {
    readonly onPointerEnter: (event: PointerEvent) => void;
    readonly onPointerLeave: () => void;
    readonly onFocus: () => void;
    readonly onBlur: (event: FocusEvent<HTMLElement>) => void;
    readonly onScroll: (event: UIEvent<HTMLElement>) => void;
  };
}

/** Rows held for as long as somebody points at the list, has the focus in it or has scrolled down; another `key` lets go. */
export function useHeldRows(options: {
  readonly current: readonly WatchedIssue[];
  readonly byId: ReadonlyMap<string, WatchedIssue>;
  readonly key: string;
}): UsedHeldRows {
  const { current, byId, key } = options;
  const [reasons, setReasons] = useState(free);
  const [held, setHeld] = useState<{ readonly key: string; readonly issues: readonly WatchedIssue[] }>();
  const latest = useRef(current);
  latest.current = current;
  const isHeld = reasons.isPointedAt || reasons.isFocused || reasons.isScrolled;
  useEffect(() => {
    // An empty list is one that still loads; to hold it would hide what comes.
    setHeld(isHeld && latest.current.length > 0 ? { key, issues: latest.current } : undefined);
  }, [isHeld, key]);
  const rows = useMemo(
    () =>
      holdRows({
        current,
        held: held?.key === key ? held.issues : undefined,
        find: (id) => byId.get(id),
      }),
    [current, held, key, byId],
  );
  const note = (change: Partial<Reasons>) =>
    setReasons((before) => (isSame(before, change) ? before : { ...before, ...change }));
  return {
    ...rows,
    release: () => setHeld({ key, issues: latest.current }),
    holders: {
      onPointerEnter: ({ pointerType }) => pointerType !== "touch" && note({ isPointedAt: true }),
      onPointerLeave: () => note({ isPointedAt: false }),
      onFocus: () => note({ isFocused: true }),
      onBlur: ({ currentTarget, relatedTarget }) =>
        currentTarget.contains(relatedTarget) || note({ isFocused: false }),
      onScroll: ({ currentTarget }) => note({ isScrolled: currentTarget.scrollTop > readingFrom }),
    },
  };
}

function isSame(before: Reasons, change: Partial<Reasons>): boolean {
  return (Object.keys(change) as (keyof Reasons)[]).every((name) => before[name] === change[name]);
}
