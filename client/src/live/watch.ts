/**
 * Something that is watched: it joins its rooms, fetches, and keeps up, for as long as somebody listens.
 *
 *   first listener -> rooms -> joined -> fetch -> (events) ... something was missed -> fetch ...
 */
import type { ErrorBody, FaultlineEvent } from "@faultline/contract";
import { backoffMs } from "../base/backoff.ts";
import { type Cancel, type Clock, pause } from "../base/clock.ts";
import { adviceMs, isPassing, Refusal } from "../base/refusal.ts";
import { type Store, Value } from "../base/store.ts";
import type { Hub } from "./hub.ts";

/** "loading": nothing is known yet. "failed": the server refuses it, see `error`. */
export type WatchStatus = "loading" | "ready" | "failed";

export interface WatchSnapshot {
  readonly status: WatchStatus;
  /** Why it has failed. */
  readonly error: Refusal | undefined;
}

/** Of a snapshot while nothing is known. */
export const unknown: WatchSnapshot = { status: "loading", error: undefined };
/** Of a snapshot that shows something. */
export const ready: WatchSnapshot = { status: "ready", error: undefined };

/** A value that is kept up to date while somebody is subscribed to it. */
export interface Watched<T extends WatchSnapshot> extends Store<T> {
  /** Resolves as soon as there is something to show; rejects with what the server refuses it with. */
  ready(): Promise<T>;
}

type Load = (signal: AbortSignal) => Promise<void>;

export interface WatchOptions<T extends WatchSnapshot> {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly random: () => number;
  /** What is shown while nothing is known. */
  readonly initial: T;
  readonly rooms: () => Promise<readonly string[]>;
  /** Fetches and merges what the rooms show; called when they are joined, and again when something was missed. */
  readonly load: Load;
  readonly onEvent?: (event: FaultlineEvent) => void;
  /** Told when somebody begins to listen, and when nobody does any more. */
  readonly onRunning: (isRunning: boolean) => void;
  /** Begins to follow; gives the way to end that. */
  readonly follow?: () => Cancel;
}

/** It is kept up for so long after the last listener has left. */
const lingerMs = 5_000;

const retry = { firstMs: 1_000, longestMs: 15_000 };

export class Watch<T extends WatchSnapshot> implements Watched<T> {
  readonly #options: WatchOptions<T>;
  readonly #value: Value<T>;
  #listeners = 0;
  #running: AbortController | undefined;
  #loading: AbortController | undefined;
  #next: Load | undefined;
  #cancelLinger: Cancel = () => {};

  constructor(options: WatchOptions<T>) {
    this.#options = options;
    this.#value = new Value(options.initial);
  }

  readonly getSnapshot = (): T => this.#value.getSnapshot();

  readonly subscribe = (listener: () => void): (() => void) => {
    const end = this.#value.subscribe(listener);
    this.#listeners += 1;
    this.#cancelLinger();
    if (!this.#running) {
      this.#options.onRunning(true);
      this.#start();
    }
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      end();
      this.#listeners -= 1;
      if (this.#listeners === 0) this.#cancelLinger = this.#options.clock.after(lingerMs, () => this.stop());
    };
  };

  ready(): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const snapshot = this.getSnapshot();
        if (snapshot.status === "loading") return;
        queueMicrotask(() => end());
        if (snapshot.status === "ready") resolve(snapshot);
        else reject(snapshot.error);
      };
      const end = this.subscribe(look);
      look();
    });
  }

  /** Shows another value. */
  show(change: Partial<T>): void {
    if (this.#running) this.#value.set({ ...this.getSnapshot(), ...change });
  }

  /** Fetches more of the same, after what is being fetched already. */
  loadFurther(load: Load): void {
    if (this.#loading) this.#next = load;
    else if (this.#running) void this.#run(load);
  }

  /** What may be seen has changed: begins again. */
  restart(): void {
    if (!this.#running) return;
    this.#end();
    this.#start();
  }

  /** Nobody listens: what is shown would become old. */
  stop(): void {
    this.#cancelLinger();
    this.#end();
    this.#options.onRunning(false);
    this.#value.set(this.#options.initial);
  }

  #start(): void {
    const running = new AbortController();
    this.#running = running;
    const endFollow = this.#options.follow?.();
    running.signal.addEventListener("abort", () => endFollow?.());
    void this.#enter(running.signal);
  }

  #end(): void {
    this.#loading?.abort();
    this.#loading = undefined;
    this.#next = undefined;
    this.#running?.abort();
    this.#running = undefined;
  }

  async #enter(signal: AbortSignal): Promise<void> {
    const { hub, rooms, onEvent } = this.#options;
    const names = await this.#attempt(rooms, signal);
    if (!names) return;
    const leave = hub.enter({
      rooms: names,
      onJoined: () => {
        this.#loading?.abort();
        void this.#run(this.#options.load);
      },
      onRefused: (error: ErrorBody) => this.#fail(new Refusal(error)),
      ...(onEvent && { onEvent }),
    });
    signal.addEventListener("abort", leave);
  }

  /** A load that something was missed during is given up: it is begun again. */
  async #run(load: Load): Promise<void> {
    const loading = new AbortController();
    this.#loading = loading;
    const caughtUp = this.#options.hub.catchUp();
    loading.signal.addEventListener("abort", caughtUp);
    await this.#attempt(() => load(loading.signal), loading.signal);
    caughtUp();
    if (this.#loading !== loading) return;
    this.#loading = undefined;
    const next = this.#next;
    this.#next = undefined;
    if (next) void this.#run(next);
  }

  /** Does what may fail for a while until it has succeeded; a refusal is shown. */
  async #attempt<R>(act: () => Promise<R>, signal: AbortSignal): Promise<R | undefined> {
    const { clock, random } = this.#options;
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const result = await act();
        return signal.aborted ? undefined : result;
      } catch (error) {
        if (signal.aborted) return undefined;
        if (!isPassing(error)) {
          this.#fail(error);
          return undefined;
        }
        await pause(clock, Math.max(backoffMs(retry, failures, random), adviceMs(error)), signal);
      }
    }
    return undefined;
  }

  #fail(error: unknown): void {
    const { initial } = this.#options;
    if (!(error instanceof Refusal)) throw error;
    if (this.#running) this.#value.set({ ...initial, status: "failed", error });
  }
}
