/// <reference lib="dom" />
/** Noted in the page: how smoothly it runs. */

/** What happened since `begin`. */
export interface Period {
  /** Milliseconds from each frame to the next. */
  readonly frames: readonly number[];
  readonly longTasks: readonly { readonly at: number; readonly ms: number }[];
  /** From each input to the end of the frame that follows it. */
  readonly inputs: readonly number[];
  /** What the browser's own Event Timing calls slow: the durations from 16 ms on. */
  readonly slowEvents: readonly number[];
  /** When the wheel was turned for the first time, by the wall clock; 0: it was not. */
  readonly scrolledAt: number;
}

export interface Strain {
  begin(): void;
  readonly period: Period;
  /** Resolves when no task was long for a second. */
  calm(): Promise<void>;
}

declare global {
  var strain: Strain;
}

/** Runs in the page before anything of the page's own; it is sent there as text, and can use nothing outside itself. */
export function installStrain(): void {
  const empty = () => ({
    frames: [] as number[],
    longTasks: [] as { at: number; ms: number }[],
    inputs: [] as number[],
    slowEvents: [] as number[],
    scrolledAt: 0,
  });
  let period = empty();
  const observe = (options: object, note: (entry: PerformanceEntry) => void) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe(options);
  observe({ type: "longtask" }, ({ startTime: at, duration: ms }) => period.longTasks.push({ at, ms }));
  observe({ type: "event", durationThreshold: 16 }, ({ duration }) => period.slowEvents.push(duration));
  let lastFrame = performance.now();
  const onFrame = (now: number) => {
    period.frames.push(now - lastFrame);
    lastFrame = now;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);
  const onInput = ({ type, timeStamp }: Event) => {
    if (type === "wheel") period.scrolledAt ||= performance.timeOrigin + timeStamp;
    // A timer that is set in a frame fires after the frame's own work.
    requestAnimationFrame(() => setTimeout(() => period.inputs.push(performance.now() - timeStamp)));
  };
  for (const type of ["keydown", "wheel"]) addEventListener(type, onInput, { capture: true, passive: true });
  globalThis.strain = {
    begin() {
      period = empty();
    },
    get period() {
      return period;
    },
    async calm() {
      const last = () => period.longTasks.at(-1);
      const quietFrom = () => Math.max(beganAt, (last()?.at ?? 0) + (last()?.ms ?? 0));
      const beganAt = performance.now();
      while (performance.now() < quietFrom() + 1_000)
        await new Promise((resolve) => setTimeout(resolve, 100));
    },
  };
}
