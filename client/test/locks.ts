/** Web Locks, as far as the client uses them, for Node before 24: one holder, others in line, and stealing. */
import type { Locks, Tabs } from "../src/index.ts";

interface Waiter {
  readonly grant: () => void;
  readonly steal: boolean;
}

export function createLocks(): Locks {
  const lines = new Map<string, { holder: { end: (error: Error) => void } | undefined; waiting: Waiter[] }>();
  const lineOf = (name: string) => {
    const line = lines.get(name) ?? { holder: undefined, waiting: [] };
    lines.set(name, line);
    return line;
  };
  const next = (name: string) => {
    const line = lineOf(name);
    if (!line.holder) line.waiting.shift()?.grant();
  };
  return {
    request(name, { signal, steal = false, ifAvailable = false }, hold) {
      const line = lineOf(name);
      if (ifAvailable && line.holder) return hold(null);
      return new Promise((resolve, reject) => {
        const holder = { end: (error: Error) => reject(error) };
        const grant = () => {
          line.holder = holder;
          void hold({ name }).then(() => {
            resolve(undefined);
            if (line.holder !== holder) return;
            line.holder = undefined;
            next(name);
          });
        };
        const waiter = { grant, steal };
        signal?.addEventListener("abort", () => {
          const at = line.waiting.indexOf(waiter);
          if (at < 0) return;
          line.waiting.splice(at, 1);
          reject(new DOMException("aborted", "AbortError"));
        });
        if (steal) {
          line.holder?.end(new DOMException("stolen", "AbortError"));
          line.holder = undefined;
          line.waiting.unshift(waiter);
        } else line.waiting.push(waiter);
        next(name);
      });
    },
  };
}

/** A browser: its tabs share locks, and channels that can be made deaf, as a tab that hangs; their pages can be left. */
export function createBrowser(locks: Locks = createLocks()) {
  return {
    /** A tab of it; `hang` makes it neither hear nor speak any more, `show` leaves its page and comes back to it. */
    openTab() {
      let hangs = false;
      let tell = (_isShown: boolean) => {};
      const tabs: Tabs = {
        locks,
        openChannel(name) {
          const channel = new BroadcastChannel(name);
          return {
            postMessage: (message) => !hangs && channel.postMessage(message),
            addEventListener: (type, listener) =>
              channel.addEventListener(type, (event) => {
                if (!hangs) listener(event as MessageEvent);
              }),
            close: () => channel.close(),
          };
        },
        watchPage(listener) {
          tell = listener;
          return () => {};
        },
      };
      return {
        tabs,
        hang() {
          hangs = true;
        },
        show: (isShown: boolean) => tell(isShown),
      };
    },
  };
}
