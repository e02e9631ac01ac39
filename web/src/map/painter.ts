/**
 * Draws on the browser's next frame, and lets a machine rest that is slow at it: without a graphics card a map of a campus
 * takes half a second, and a page that draws all the time answers nobody.
 */
export interface Browser {
  requestFrame(act: (now: number) => void): void;
  after(ms: number, act: () => void): void;
}

const browser: Browser = {
  requestFrame: (act) => requestAnimationFrame(act),
  after: (ms, act) => setTimeout(act, ms),
};

/** A frame that takes longer than this, in milliseconds, is followed by a rest. */
const slowMs = 60;

/** How many times as long as the frame the rest is, */
const restFactor = 3;
/** and the most that it is, in milliseconds: a page that was hidden has had no frames at all. */
const longestRestMs = 2_000;

export class Painter {
  readonly #browser: Browser;
  readonly #due = new Set<(now: number) => void>();
  #isWaiting = false;

  constructor(source: Browser = browser) {
    this.#browser = source;
  }

  /** Calls `draw` on the next frame, or after a rest; once, however often it is asked for until then. */
  request(draw: (now: number) => void): void {
    this.#due.add(draw);
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#browser.requestFrame(this.#paint);
  }

  stop(): void {
    this.#due.clear();
  }

  readonly #paint = (now: number): void => {
    if (this.#due.size === 0) {
      this.#isWaiting = false;
      return;
    }
    const due = [...this.#due];
    this.#due.clear();
    for (const draw of due) draw(now);
    this.#browser.requestFrame((after) => {
      const tookMs = after - now;
      if (tookMs <= slowMs) this.#paint(after);
      else this.#rest(Math.min(tookMs * restFactor, longestRestMs));
    });
  };

  #rest(ms: number): void {
    this.#browser.after(ms, () => this.#browser.requestFrame(this.#paint));
  }
}
