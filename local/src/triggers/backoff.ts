// How long to wait before trying again: doubling up to a limit, anywhere between nothing and that (full jitter),
// so that what failed together does not come back together.

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Calls `run` after `delayMs`; returns what prevents it. */
  readonly schedule: (run: () => void, delayMs: number) => () => void;
}

export const BackoffDefaults: BackoffOptions = {
  initialMs: 100,
  maxMs: 5000,
  random: Math.random,
  schedule: (run, delayMs) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The delay after the given number of failed attempts, 1 for the first. */
export function backoffDelayMs(failures: number, { initialMs, maxMs, random }: BackoffOptions): number {
  // Beyond 2^30 the limit has long been reached, and the power would leave the numbers that are exact.
  return random() * Math.min(maxMs, initialMs * 2 ** Math.min(failures - 1, 30));
}
