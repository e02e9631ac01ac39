/** Time, so that tests can have their own. */

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `act` once, `ms` from now. */
  after(ms: number, act: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms`, or as soon as `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    signal?.addEventListener("abort", () => {
      cancel();
      resolve();
    });
  });
}

const beatMs = 5_000;

/** A hidden tab's timers run once a minute; whoever was away for longer has slept. */
const sleptMs = 75_000;

/** Calls `onWake` when the machine or the tab was asleep, which shows as timers that come much too late. */
export function watchSleep(clock: Clock, onWake: () => void): Cancel {
  let last = clock.now();
  let cancel: Cancel = () => {};
  const beat = () => {
    const now = clock.now();
    const hasSlept = now - last > sleptMs;
    last = now;
    cancel = clock.after(beatMs, beat);
    if (hasSlept) onWake();
  };
  cancel = clock.after(beatMs, beat);
  return () => cancel();
}
