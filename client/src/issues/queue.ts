/** Writes, sent one after another: shown at once, kept while nobody answers, rolled back when they are refused. */
import type { Activity, Issue } from "@faultline/contract";
import type { Api } from "../api/api.ts";
import { backoffMs } from "../base/backoff.ts";
import { type Clock, pause } from "../base/clock.ts";
import { adviceMs, isPassing, Unreachable } from "../base/refusal.ts";
import { type Store, Value } from "../base/store.ts";
import type { IssueCache, Overlay } from "./cache.ts";

export type WriteKind = "report" | "update" | "move" | "assign" | "merge" | "comment" | "remove";

/** A write that the server has not answered yet. */
export interface PendingWrite {
  readonly key: string;
  readonly kind: WriteKind;
  readonly issueId: string;
  /** When it was made, in milliseconds since 1970. */
  readonly since: number;
  /** Whether it is being sent just now; otherwise it waits for its turn, or for the network. */
  readonly isSending: boolean;
}

export interface Write extends Overlay {
  readonly kind: WriteKind;
  /** Sends it; gives the issue that it left, undefined for a removal. */
  send(api: Pick<Api, "issues">): Promise<Issue | undefined>;
  /**
   * Whether an entry of the issue's history is this write: asked when an answer was lost. Left out where the server does
   * it once however often it is sent.
   */
  isIn?(entry: Activity): boolean;
}

export interface QueueDeps {
  readonly api: Pick<Api, "issues">;
  readonly cache: IssueCache;
  readonly clock: Clock;
  readonly random: () => number;
  /** The user's id. */
  readonly uid: () => string | undefined;
}

interface Queued {
  readonly write: Write;
  readonly since: number;
  readonly resolve: (issue: Issue | undefined) => void;
  readonly reject: (error: unknown) => void;
  /** The issue's version before it was sent for the first time; undefined until then. */
  baseVersion: number | undefined;
  /** Whether an answer was lost. */
  isUnsure: boolean;
}

const retry = { firstMs: 1_000, longestMs: 30_000 };

export class WriteQueue {
  readonly #deps: QueueDeps;
  readonly #queued = new Map<string, Queued>();
  readonly #pending = new Value<readonly PendingWrite[]>([]);
  readonly #closing = new AbortController();
  #isRunning = false;
  #sending: string | undefined;
  #waiting: AbortController | undefined;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  /** In the order in which they are sent. */
  get pending(): Store<readonly PendingWrite[]> {
    return this.#pending;
  }

  /** Shows the write, and sends it as soon as those before it are answered. Rejects when it is refused. */
  add(write: Write, key: string): Promise<Issue | undefined> {
    return new Promise((resolve, reject) => {
      const since = this.#deps.clock.now();
      this.#queued.set(key, { write, since, resolve, reject, baseVersion: undefined, isUnsure: false });
      this.#deps.cache.lay(write);
      this.#show();
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Takes back a write that waits; false when it is being sent, may have been, or is answered. */
  discard(key: string): boolean {
    const queued = this.#queued.get(key);
    if (!queued || this.#sending === key || queued.isUnsure) return false;
    this.#settle(key, () => this.#deps.cache.lift(queued.write));
    queued.reject(new Unreachable("The write was taken back before it was sent."));
    return true;
  }

  /** The network is back, as far as anybody knows. */
  hurry(): void {
    this.#waiting?.abort();
  }

  /** What is not sent yet never will be. */
  close(): void {
    this.#closing.abort();
    for (const { reject } of this.#queued.values()) reject(new Unreachable("The client was closed."));
    this.#queued.clear();
  }

  /** Sends until nothing is left. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      const [key, queued] = this.#queued.entries().next().value ?? [];
      if (key === undefined || !queued) break;
      this.#sending = key;
      this.#show();
      const failure = await this.#attempt(key, queued);
      this.#sending = undefined;
      failures = failure === undefined ? 0 : failures + 1;
      if (failure !== undefined) await this.#wait(failures, failure);
    }
    this.#isRunning = false;
  }

  /** Undefined when it was answered, by whatever answer; else why it was not. */
  async #attempt(key: string, queued: Queued): Promise<unknown> {
    const { cache } = this.#deps;
    const { write, resolve, reject } = queued;
    queued.baseVersion ??= cache.truth(write.issueId)?.version ?? 0;
    const at = cache.now();
    try {
      const issue = await this.#send(queued);
      this.#settle(key, () => {
        if (issue) cache.learn(issue, at);
        else cache.delete(write.issueId);
        cache.lift(write);
      });
      resolve(issue);
    } catch (error) {
      queued.isUnsure ||= error instanceof Unreachable;
      if (isPassing(error)) return error;
      this.#settle(key, () => cache.lift(write));
      reject(error);
    }
    return undefined;
  }

  /** An answer that was lost may have been a yes. */
  async #send({ write, isUnsure, baseVersion = 0 }: Queued): Promise<Issue | undefined> {
    const { api } = this.#deps;
    if (isUnsure && write.isIn) {
      const done = await this.#find(write, baseVersion);
      if (done) return write.kind === "remove" ? undefined : done.issue;
    }
    return write.send(api);
  }

  /** The entry of the history that the write has left, if it has. */
  async #find(write: Write, baseVersion: number): Promise<Activity | undefined> {
    const { items } = await this.#deps.api.issues.activity(write.issueId, { limit: 50 });
    const uid = this.#deps.uid();
    return items.find(
      (entry) => entry.version > baseVersion && entry.actor.uid === uid && write.isIn?.(entry),
    );
  }

  /** The network's return ends the wait, unless it is the server that asked for it. */
  async #wait(failures: number, failure: unknown): Promise<void> {
    const { clock, random } = this.#deps;
    const waiting = new AbortController();
    if (failure instanceof Unreachable) this.#waiting = waiting;
    this.#closing.signal.addEventListener("abort", () => waiting.abort());
    this.#show();
    const ms = Math.max(backoffMs(retry, failures, random), adviceMs(failure));
    await pause(clock, ms, waiting.signal);
    this.#waiting = undefined;
  }

  #settle(key: string, act: () => void): void {
    this.#queued.delete(key);
    this.#deps.cache.batch(act);
    this.#show();
  }

  #show(): void {
    this.#pending.set(
      [...this.#queued].map(([key, { write, since }]) => ({
        key,
        kind: write.kind,
        issueId: write.issueId,
        since,
        isSending: key === this.#sending,
      })),
    );
  }
}
