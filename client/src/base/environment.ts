/** What the client takes from where it runs; each part can be replaced. */
import { type Cancel, type Clock, systemClock } from "./clock.ts";

/** Of `navigator.locks`, what is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    hold: () => Promise<void>,
  ): Promise<unknown>;
}

/** Of `BroadcastChannel`, what is used. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
}

/** What the tabs of one browser need to share a connection. */
export interface Tabs {
  readonly locks: Locks;
  openChannel(name: string): Channel;
}

export interface Environment {
  readonly clock: Clock;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Tells of the browser's going offline and coming back; nothing where that isn't known. */
  readonly watchNetwork: (listener: (isOnline: boolean) => void) => Cancel;
  /** Undefined: every client has a connection of its own. */
  readonly tabs: Tabs | undefined;
}

/** A browser's, or Node's. Tabs share a connection where there are Web Locks and BroadcastChannel. */
export function systemEnvironment(): Environment {
  return {
    clock: systemClock,
    random: Math.random,
    fetch: (url, init) => globalThis.fetch(url, init),
    watchNetwork,
    tabs: browserTabs(),
  };
}

function watchNetwork(listener: (isOnline: boolean) => void): Cancel {
  const { addEventListener, removeEventListener } = globalThis;
  if (typeof addEventListener !== "function") return () => {};
  const onOnline = () => listener(true);
  const onOffline = () => listener(false);
  addEventListener("online", onOnline);
  addEventListener("offline", onOffline);
  return () => {
    removeEventListener("online", onOnline);
    removeEventListener("offline", onOffline);
  };
}

/** Programs that run on Node may well be several users at once, and have no tabs. */
function browserTabs(): Tabs | undefined {
  if (typeof document === "undefined" || typeof BroadcastChannel === "undefined") return undefined;
  const { locks } = navigator;
  if (!locks) return undefined;
  return {
    locks: { request: (name, options, hold) => locks.request(name, options, hold) },
    openChannel: (name) => new BroadcastChannel(name),
  };
}
