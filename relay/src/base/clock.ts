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
    return () => clearTimeout(timer);
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
