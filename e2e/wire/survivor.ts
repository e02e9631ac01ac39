/** A client that comes back with its last position, however often its connection ends. */
import { setTimeout as delay } from "node:timers/promises";
import type { Close, FaultlineEvent } from "@faultline/contract";
import { type Line, type LineRequest, Refusal } from "./index.ts";

export interface SurvivorOptions extends Omit<LineRequest, "since" | "onMessage"> {
  readonly open: (request: LineRequest) => Promise<Line>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

export interface Survivor {
  /** The versions of all issue events, in the order of their arrival. */
  readonly versions: readonly number[];
  /** What a client must not be told in a rolling restart. */
  readonly complaints: readonly string[];
  /** When it began each connection, in milliseconds since 1970. */
  readonly attempts: readonly number[];
  /** When each of those ended, that had been joined. */
  readonly departures: readonly number[];
  readonly isJoined: boolean;
  stop(): Promise<void>;
}

/** How long to stay away when the relay has said nothing of it. */
const pauseMs = { least: 100, most: 600 };

export function startSurvivor(options: SurvivorOptions): Survivor {
  return new ReturningSurvivor(options);
}

class ReturningSurvivor implements Survivor {
  readonly versions: number[] = [];
  readonly complaints: string[] = [];
  readonly attempts: number[] = [];
  readonly departures: number[] = [];
  isJoined = false;
  readonly #options: SurvivorOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #line: Line | undefined;
  #since: string | undefined;
  #awayMs = 0;

  constructor(options: SurvivorOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#line?.leave();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { random } = this.#options;
      this.#awayMs = pauseMs.least + random() * (pauseMs.most - pauseMs.least);
      this.attempts.push(Date.now());
      await this.#connect().catch((error: unknown) => {
        if (error instanceof Refusal) this.#awayMs = Math.max(this.#awayMs, error.retryAfterMs);
      });
      this.isJoined = false;
      await delay(this.#awayMs, undefined, { signal }).catch(() => {});
    }
  }

  async #connect(): Promise<void> {
    const { open, random: _, ...request } = this.#options;
    const line = await open({
      ...request,
      since: this.#since,
      onMessage: (name, data) => this.#take(name, data),
    });
    this.#line = line;
    if (this.#stopping.signal.aborted) line.leave();
    await line.joined;
    this.isJoined = true;
    await line.ended;
    this.departures.push(Date.now());
  }

  #take(name: string, data: unknown): void {
    if (name === "issue:created") {
      const { id, version = 0 } = data as FaultlineEvent;
      this.versions.push(version);
      this.#since = id;
    }
    if (name === "session:closed") {
      const { retry, retryAfterMs } = data as Close;
      this.#awayMs = retryAfterMs;
      if (retry === "never" || retry === "token") this.complaints.push(`${name}: ${retry}`);
    }
    if (name === "sync:lost") this.complaints.push(name);
  }
}
