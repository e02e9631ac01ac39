import { useCallback, useState } from "react";

/** What a form holds, and how to change some of it. */
export function useFields<T extends object>(initial: T): readonly [T, (change: Partial<T>) => void] {
  const [fields, setFields] = useState(initial);
  const set = useCallback((change: Partial<T>) => setFields((before) => ({ ...before, ...change })), []);
  return [fields, set];
}
