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
    readonly onPointerOver: (event: PointerEvent) => void;
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
  /** Whether all rows are there; what is still being loaded is not news, and is not held back. */
  readonly isWhole: boolean;
}): UsedHeldRows {
  const { current, byId, key, isWhole } = options;
  const [reasons, setReasons] = useState(free);
  const [held, setHeld] = useState<{ readonly key: string; readonly issues: readonly WatchedIssue[] }>();
  const latest = useRef(current);
  latest.current = current;
  const isHeld = isWhole && (reasons.isPointedAt || reasons.isFocused || reasons.isScrolled);
  useEffect(() => setHeld(isHeld ? { key, issues: latest.current } : undefined), [isHeld, key]);
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
      // Rather than React's pointerenter, which is lost when what was under the pointer before is gone.
      onPointerOver: ({ pointerType }) => pointerType !== "touch" && note({ isPointedAt: true }),
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
