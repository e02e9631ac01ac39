/** A clock on which waits are a tenth as long. */
import type { Clock } from "../src/index.ts";

export const quickClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms / 10);
    return () => clearTimeout(timer);
  },
};

/** Waits are short, and as long as they can be by half. */
export const quick = { clock: quickClock, random: () => 0.5 };
