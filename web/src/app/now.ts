/** The time, for what says "5 min ago". */
import { useEffect, useState } from "react";

/** The time in milliseconds; it goes on every `everyMs`, half a minute by default. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
