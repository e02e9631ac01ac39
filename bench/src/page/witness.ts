/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * What is noted inside the page, without a change of the page itself. `installWitness` is sent there as text and runs
 * before anything of the page's: it can use nothing from outside itself. All times are milliseconds of the wall clock.
 */

export interface Message {
  readonly at: number;
  readonly text: string;
}

export interface Call {
  readonly sentAt: number;
  readonly answeredAt: number;
}

export interface LongTask {
  readonly at: number;
  readonly ms: number;
}

/** What happened since `begin`. */
export interface Period {
  readonly frames: readonly number[];
  readonly longTasks: readonly LongTask[];
  /** From each input to the end of the frame that follows it. */
  readonly inputs: readonly number[];
  /** What the browser's own Event Timing calls slow: the durations from 16 ms on. */
  readonly slowEvents: readonly number[];
  readonly messages: number;
}

export interface Witness {
  /** The newest click. */
  readonly clickedAt: number;
  /** The newest write to the API that was answered. */
  readonly call: Call | undefined;
  /** Forgets what was noted. */
  begin(): void;
  end(): Period;
  /** Resolves when no task was long for a second. */
  calm(): Promise<void>;
  /** When the first message came that has all these words in it. */
  messageWith(words: readonly string[]): number | undefined;
  /** Resolves with the moment at which a row of the board with all these words is in the document. */
  rowWith(words: readonly string[]): Promise<number>;
  /** When each title that begins like this was first among the board's rows, from now on. */
  noteTitles(prefix: string): void;
  readonly titles: Readonly<Record<string, number>>;
  /** When the wheel was turned for the first time since `begin`; Infinity: not yet. */
  readonly firstScrollAt: number;
  /** When the board had its first row and when all of them, since the navigation; 0: not yet. */
  readonly board: { readonly firstRowAt: number; readonly wholeAt: number };
}

declare global {
  var witness: Witness;
}

export function installWitness(): void {
  const remembered = 5_000;
  const wallClock = (time = performance.now()) => performance.timeOrigin + time;
  let clickedAt = 0;
  let call: Call | undefined;
  let frames: number[] = [];
  let longTasks: LongTask[] = [];
  let inputs: number[] = [];
  let slowEvents: number[] = [];
  let messages: Message[] = [];
  let messageCount = 0;
  const titles: Record<string, number> = {};
  let firstScrollAt = Number.POSITIVE_INFINITY;
  const board = { firstRowAt: 0, wholeAt: 0 };

  addEventListener("click", ({ timeStamp }) => (clickedAt = wallClock(timeStamp)), { capture: true });

  const fetchAsItIs = globalThis.fetch;
  globalThis.fetch = async (target, init) => {
    const sentAt = wallClock();
    const response = await fetchAsItIs(target, init);
    const isWrite = init?.method !== undefined && init.method !== "GET";
    if (isWrite && String(target).includes("/issues")) call = { sentAt, answeredAt: wallClock() };
    return response;
  };

  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data, timeStamp }) => {
        messageCount += 1;
        if (typeof data === "string") messages.push({ at: wallClock(timeStamp), text: data });
        if (messages.length > remembered) messages = messages.slice(-remembered / 2);
      });
    }
  };

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      longTasks.push({ at: wallClock(startTime), ms: duration });
  }).observe({ type: "longtask" });
  const eventTiming = { type: "event", durationThreshold: 16 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) slowEvents.push(duration);
  }).observe(eventTiming);

  let lastFrame = 0;
  const onFrame = (now: number) => {
    if (lastFrame > 0) frames.push(now - lastFrame);
    lastFrame = now;
    requestAnimationFrame(onFrame);
  };
  requestAnimationFrame(onFrame);

  for (const type of ["keydown", "wheel", "pointerdown"]) {
    const onInput = ({ timeStamp }: Event) =>
      requestAnimationFrame(() => {
        // A message's task comes after the frame's own work.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          inputs.push(performance.now() - timeStamp);
          port1.close();
        };
        port2.postMessage(undefined);
      });
    addEventListener(type, onInput, { capture: true, passive: true });
  }

  addEventListener(
    "wheel",
    ({ timeStamp }) => (firstScrollAt = Math.min(firstScrollAt, wallClock(timeStamp))),
    {
      capture: true,
      passive: true,
    },
  );

  const rows = () => [...document.querySelectorAll(".grid-body .row")];
  const watchDocument = (onChange: () => void): MutationObserver | undefined => {
    const observer = new MutationObserver(onChange);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    onChange();
    return observer;
  };

  const opening = watchDocument(() => {
    if (document.querySelector(".row-title")) board.firstRowAt ||= performance.now();
    if (!board.firstRowAt || !document.querySelector('.grid[aria-busy="false"]')) return;
    board.wholeAt ||= performance.now();
    opening?.disconnect();
  });

  globalThis.witness = {
    get clickedAt() {
      return clickedAt;
    },
    get call() {
      return call;
    },
    get firstScrollAt() {
      return firstScrollAt;
    },
    titles,
    board,
    begin() {
      [frames, longTasks, inputs, slowEvents, messages, messageCount] = [[], [], [], [], [], 0];
      call = undefined;
      firstScrollAt = Number.POSITIVE_INFINITY;
    },
    end: () => ({ frames, longTasks, inputs, slowEvents, messages: messageCount }),
    calm: () =>
      new Promise((resolve) => {
        const quietMs = 1_000;
        const beganAt = wallClock();
        const look = () => {
          const last = longTasks.at(-1);
          const busyUntil = Math.max(beganAt, last ? last.at + last.ms : 0);
          const leftMs = busyUntil + quietMs - wallClock();
          if (leftMs <= 0) resolve();
          else setTimeout(look, leftMs);
        };
        look();
      }),
    messageWith: (words) => messages.find(({ text }) => words.every((word) => text.includes(word)))?.at,
    rowWith: (words) =>
      new Promise((resolve) => {
        const observer = watchDocument(() => {
          const isThere = rows().some(({ textContent }) =>
            words.every((word) => textContent?.includes(word)),
          );
          if (!isThere) return;
          // The first call can come before there is an observer.
          queueMicrotask(() => observer?.disconnect());
          resolve(wallClock());
        });
      }),
    noteTitles(prefix) {
      watchDocument(() => {
        for (const { textContent } of document.querySelectorAll(".grid-body .row-title"))
          if (textContent?.startsWith(prefix)) titles[textContent] ??= wallClock();
      });
    },
  };
}
