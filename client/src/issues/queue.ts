/** Writes, sent one after another: shown at once, kept while nobody answers, rolled back when they are refused. */
import type { Activity, Issue } from "@faultline/contract";
import type { Api } from "../api/api.ts";
import { backoffMs } from "../base/backoff.ts";
import { type Cancel, type Clock, pause } from "../base/clock.ts";
import { adviceMs, isPassing, Refusal, Unreachable } from "../base/refusal.ts";
import { type Store, Value } from "../base/store.ts";
import type { Overlay } from "./cache.ts";
import { baseOf, type Delivery, type DeliveryDeps, deliver } from "./delivery.ts";
import { type Intent, writeOf } from "./intent.ts";
import type { Outbox, Slip } from "./outbox.ts";

export type WriteKind = Intent["kind"];

/** A write that the server has not answered yet. */
export interface PendingWrite {
  readonly key: string;
  readonly kind: WriteKind;
  readonly issueId: string;
  /** When it was made, in milliseconds since 1970. */
  readonly since: number;
  /** Whether it is being sent just now; otherwise it waits for its turn, or for the network. */
  readonly isSending: boolean;
  /** Whether it outlives the page: a reload, or the closing of the tab. */
  readonly isKept: boolean;
}

export interface Write extends Overlay {
  readonly kind: WriteKind;
  /** What is kept of it beyond the page; without, nothing is. */
  readonly intent?: Intent;
  /** Sends it; gives the issue that it left, undefined for a removal. */
  send(api: Pick<Api, "issues">): Promise<Issue | undefined>;
  /**
   * Whether an entry of the issue's history is this write: asked when an answer was lost. Left out where the server does
   * it once however often it is sent.
   */
  isIn?(entry: Activity): boolean;
}

export interface QueueDeps extends DeliveryDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of a write from before a reload that was refused: nobody waits for its answer any more. */
  readonly onRefused?: ((write: PendingWrite, error: Refusal) => void) | undefined;
}

interface Queued extends Delivery {
  readonly since: number;
  readonly resolve: (issue: Issue | undefined) => void;
  readonly reject: (error: unknown) => void;
  slip: Slip | undefined;
}

/** How often a tab looks for what tabs that were closed have left. */
const lookMs = 10_000;

const retry = { firstMs: 1_000, longestMs: 30_000 };

export class WriteQueue {
  readonly #deps: QueueDeps;
  readonly #queued = new Map<string, Queued>();
  readonly #pending = new Value<readonly PendingWrite[]>([]);
  readonly #closing = new AbortController();
  #isRunning = false;
  #sending: string | undefined;
  #waiting: AbortController | undefined;
  #outbox: Outbox | undefined;
  #cancelLook: Cancel = () => {};
  /** Until it has ended, what is being sent may have reached the server. */
  #attempt: Promise<unknown> = Promise.resolve();

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
      const unsent = { write, since, baseVersion: undefined, isUnsure: false };
      const slip = keepIn(this.#outbox, key, unsent);
      this.#queued.set(key, { ...unsent, resolve, reject, slip });
      this.#deps.cache.lay(write);
      this.#begin();
    });
  }

  /** From now on writes are kept in the outbox; those that were left there come first. */
  async open(outbox: Outbox): Promise<void> {
    if (this.#closing.signal.aborted) return outbox.close();
    this.#outbox = outbox;
    for (const [key, queued] of this.#queued) queued.slip ??= keepIn(outbox, key, queued);
    this.#show();
    await this.#look(outbox);
  }

  /** Takes back a write that waits; false when it is being sent, may have been, or is answered. */
  discard(key: string): boolean {
    const queued = this.#queued.get(key);
    if (!queued || this.#sending === key || queued.isUnsure) return false;
    this.#settle(key, queued, () => this.#deps.cache.lift(queued.write));
    queued.reject(new Unreachable("The write was taken back before it was sent."));
    return true;
  }

  /** The network is back, as far as anybody knows. */
  hurry(): void {
    this.#waiting?.abort();
    if (this.#outbox) void this.#look(this.#outbox);
  }

  /** Another user is here now: what is not sent yet is not theirs to send. */
  leave(): void {
    const { cache } = this.#deps;
    const left = this.#giveUp("Another user has signed in.");
    cache.batch(() => {
      for (const { write } of left) cache.lift(write);
    });
    this.#show();
  }

  /** What is not sent yet is not sent from here. */
  close(): void {
    this.#closing.abort();
    this.#giveUp("The client was closed.");
  }

  /** What is kept is left to whoever comes next, as soon as nothing of it is under way. */
  #giveUp(reason: string): readonly Queued[] {
    const left = [...this.#queued.values()];
    const outbox = this.#outbox;
    this.#cancelLook();
    this.#queued.clear();
    this.#outbox = undefined;
    for (const { reject } of left) reject(new Unreachable(reason));
    void this.#attempt.then(() => outbox?.close());
    return left;
  }

  async #look(outbox: Outbox): Promise<void> {
    const slips = await outbox.adopt();
    if (outbox !== this.#outbox) return;
    this.#cancelLook();
    this.#cancelLook = this.#deps.clock.after(lookMs, () => void this.#look(outbox));
    if (slips.length > 0) this.#adopt(slips);
  }

  /** What was written before comes first. */
  #adopt(slips: readonly Slip[]): void {
    const { cache } = this.#deps;
    const later = [...this.#queued];
    this.#queued.clear();
    for (const slip of slips) this.#queued.set(slip.content.key, this.#queuedOf(slip));
    for (const [key, queued] of later) this.#queued.set(key, queued);
    cache.batch(() => {
      for (const [, { write }] of later) cache.lift(write);
      for (const { write } of this.#queued.values()) cache.lay(write);
    });
    this.#begin();
  }

  #queuedOf(slip: Slip): Queued {
    const { key, intent, since, baseVersion } = slip.content;
    const write = writeOf(intent, key);
    const reject = (error: unknown) => {
      if (error instanceof Refusal) this.#deps.onRefused?.(viewOf(key, queued, false), error);
    };
    // It may have been under way when its page went.
    const isUnsure = baseVersion !== undefined;
    const queued: Queued = { write, since, baseVersion, isUnsure, slip, reject, resolve() {} };
    return queued;
  }

  #begin(): void {
    this.#show();
    if (!this.#isRunning) void this.#run();
  }

  /** Sends until nothing is left. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let failures = 0; !this.#closing.signal.aborted; ) {
      const [key, queued] = this.#queued.entries().next().value ?? [];
      if (key === undefined || !queued) break;
      this.#sending = key;
      this.#show();
      const attempt = this.#send(key, queued);
      this.#attempt = attempt;
      const failure = await attempt;
      this.#sending = undefined;
      failures = failure === undefined ? 0 : failures + 1;
      if (failure !== undefined) await this.#wait(failures, failure);
    }
    this.#isRunning = false;
  }

  /** Undefined when it was answered, by whatever answer; else why it was not. */
  async #send(key: string, queued: Queued): Promise<unknown> {
    const { cache } = this.#deps;
    const { write, resolve, reject } = queued;
    const at = cache.now();
    try {
      if (queued.baseVersion === undefined) await this.#prepare(queued);
      if (!this.#queued.has(key)) return undefined;
      const issue = await deliver(this.#deps, queued);
      this.#settle(key, queued, () => {
        if (issue) cache.learn(issue, at);
        else cache.delete(write.issueId);
        cache.lift(write);
      });
      resolve(issue);
    } catch (error) {
      if (isPassing(error)) return error;
      this.#settle(key, queued, () => cache.lift(write));
      reject(error);
    }
    return undefined;
  }

  /** What an answer that is lost is found by is kept before, since the page may go at any moment. */
  async #prepare(queued: Queued): Promise<void> {
    const { write, slip } = queued;
    queued.baseVersion = await baseOf(this.#deps, write);
    if (slip?.rewrite({ ...slip.content, baseVersion: queued.baseVersion }) === false)
      queued.slip = undefined;
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

  #settle(key: string, { slip }: Queued, act: () => void): void {
    slip?.drop();
    this.#queued.delete(key);
    this.#deps.cache.batch(act);
    this.#show();
  }

  #show(): void {
    this.#pending.set([...this.#queued].map(([key, queued]) => viewOf(key, queued, key === this.#sending)));
  }
}

type Unkept = Pick<Queued, "write" | "since" | "baseVersion">;

function keepIn(
  outbox: Outbox | undefined,
  key: string,
  { write, since, baseVersion }: Unkept,
): Slip | undefined {
  return write.intent && outbox?.keep({ key, since, intent: write.intent, baseVersion });
}

function viewOf(key: string, { write, since, slip }: Queued, isSending: boolean): PendingWrite {
  const { kind, issueId } = write;
  return { key, kind, issueId, since, isSending, isKept: slip !== undefined };
}
