import { useEffect, useState } from "react";

const firstRetryMs = 1_000;
const longestRetryMs = 20_000;

/**
 * What `fetch` gives, fetched again when `fetch` is another function; until then the value before stays. A failure is
 * tried again by itself, for as long as anybody wants it. Undefined: nothing is known yet.
 */
export function useFetched<T>(fetch: () => Promise<T>): T | undefined {
  const [value, setValue] = useState<T>();
  useEffect(() => {
    let isWanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = (retryMs: number): void => {
      fetch().then(
        (next) => isWanted && setValue(next),
        () => {
          if (isWanted) timer = setTimeout(attempt, retryMs, Math.min(longestRetryMs, retryMs * 2));
        },
      );
    };
    attempt(firstRetryMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [fetch]);
  return value;
}
