/** Time as a dependency, so that a test can turn it by hand. */

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `act` once after `ms`, unless cancelled. MUST NOT keep the process alive. */
  after(ms: number, act: () => void): Cancel;
  /** Calls `act` every `ms` until cancelled. MUST NOT keep the process alive. */
  every(ms: number, act: () => void): Cancel;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, act) {
    const timer = setTimeout(act, ms).unref();
    // Node.js keeps a list for every length of timers, and lets go of an empty one only when its last timer was one that
    // keeps the process alive: a connection's jittered hour would leave its list behind for an hour.
    return () => clearTimeout(timer.ref());
  },
  every(ms, act) {
    const timer = setInterval(act, ms).unref();
    return () => clearInterval(timer);
  },
};

/** Resolves after `ms` of `clock`. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** An ISO 8601 time. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
