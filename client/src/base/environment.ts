/** What the client takes from where it runs; each part can be replaced. */
import { type Cancel, type Clock, systemClock } from "./clock.ts";

/** Of `navigator.locks`, what is used. */
export interface Locks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean; readonly ifAvailable?: boolean },
    /** With `ifAvailable`, the lock is null when another has it. */
    hold: (lock: unknown) => Promise<void>,
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
  /** Tells when this tab's page is left, and when the browser brings it back as it was. */
  watchPage(listener: (isShown: boolean) => void): Cancel;
}

/** Of `localStorage`, what is used. */
export type WriteStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export interface Environment {
  readonly clock: Clock;
  /** At least 0 and less than 1. */
  readonly random: () => number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Tells of the browser's going offline and coming back; nothing where that isn't known. */
  readonly watchNetwork: (listener: (isOnline: boolean) => void) => Cancel;
  /** Undefined: every client has a connection of its own. */
  readonly tabs: Tabs | undefined;
  /** Where writes outlive the page, together with `tabs`; undefined: they do not. */
  readonly storage: WriteStorage | undefined;
}

/** A browser's, or Node's. Tabs share a connection where there are Web Locks and BroadcastChannel. */
export function systemEnvironment(): Environment {
  return {
    clock: systemClock,
    random: Math.random,
    fetch: (url, init) => globalThis.fetch(url, init),
    watchNetwork,
    tabs: browserTabs(),
    storage: browserStorage(),
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
    watchPage,
  };
}

function watchPage(listener: (isShown: boolean) => void): Cancel {
  const onHide = () => listener(false);
  const onShow = ({ persisted }: PageTransitionEvent) => persisted && listener(true);
  addEventListener("pagehide", onHide);
  addEventListener("pageshow", onShow);
  return () => {
    removeEventListener("pagehide", onHide);
    removeEventListener("pageshow", onShow);
  };
}

/** Reading the very name throws where people have turned storage off. */
function browserStorage(): WriteStorage | undefined {
  try {
    return typeof document === "undefined" ? undefined : globalThis.localStorage;
  } catch {
    return undefined;
  }
}
