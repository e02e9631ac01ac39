import { useLayoutEffect, useRef, useState, useTransition } from "react";

/**
 * The value, calmed: what comes after a pause is there at once, and during a burst the newest is, `everyMs` after the one
 * before. None interrupts the rendering of another, so that a slow page falls behind but never stands still.
 */
export function useCalm<T>(value: T, everyMs: number): T {
  const [shown, setShown] = useState(() => value);
  const [isRendering, startTransition] = useTransition();
  const shownAt = useRef(Number.NEGATIVE_INFINITY);
  useLayoutEffect(() => {
    if (isRendering || Object.is(value, shown)) return;
    const show = () => {
      shownAt.current = performance.now();
      startTransition(() => setShown(() => value));
    };
    const waitMs = shownAt.current + everyMs - performance.now();
    if (waitMs <= 0) {
      show();
      return;
    }
    const timer = setTimeout(show, waitMs);
    return () => clearTimeout(timer);
  }, [value, shown, isRendering, everyMs]);
  return shown;
}
