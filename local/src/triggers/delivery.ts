// Delivers document changes to triggers: at least once, in order per document and trigger, different documents
// side by side. Each document of a trigger has a lane:
//
//   waiting (a free slot) -> posting -> done, next event of the lane | failed -> backing off -> waiting
//
// A lane that backs off holds no slot, so a document that fails never holds up the others.
import type { DocumentChange, EmbeddedFirestore } from "../firestore/index.ts";
import { BackoffDefaults, type BackoffOptions, backoffDelayMs } from "./backoff.ts";
import type { TriggerRoute } from "./discover.ts";
import { cloudEvent, isOfType } from "./event.ts";
import { memoryOutbox, type Outbox, type PendingEvent } from "./outbox.ts";
import { compilePattern } from "./pattern.ts";
import { post } from "./post.ts";

export interface DeliveryOptions {
  readonly firestore: Pick<EmbeddedFirestore, "onChange">;
  readonly routes: readonly TriggerRoute[];
  readonly projectId: string;
  /** Remembers what is pending, and starts the delivery with what was left; by default nothing outlives the process. */
  readonly outbox?: Outbox;
  /** Events in flight at most. 2 by default: the Functions emulator runs one worker process for each. */
  readonly concurrency?: number;
  /** How long an answer may take; 120 s by default, as the emulator leaves some requests without one. */
  readonly timeoutMs?: number;
  /** How many events may wait; what comes on top is dropped and logged. 100,000 by default. */
  readonly maxPending?: number;
  /** Told of what failed and what is dropped; nothing by default. */
  readonly log?: (line: string) => void;
  readonly backoff?: Partial<BackoffOptions>;
}

export interface TriggerDelivery {
  /** How many events have not been handled yet, in flight and backing off included. */
  pending(): number;
  /** Resolves as soon as no event is pending. */
  idle(): Promise<void>;
  /** Hears of no more changes, breaks off what is in flight and leaves what is pending to the outbox. */
  stop(): Promise<void>;
}

export const DeliveryDefaults = { concurrency: 2, timeoutMs: 120_000, maxPending: 100_000 } as const;

interface Trigger extends TriggerRoute {
  readonly matches: (path: string) => boolean;
}

/** The events of one document that one trigger has yet to handle; the first of them is the one being tried. */
interface Lane {
  readonly key: string;
  readonly trigger: Trigger;
  readonly events: PendingEvent[];
  failures: number;
}

/** Starts to deliver what the outbox holds, and what changes from now on. */
export function deliverTriggers(options: DeliveryOptions): TriggerDelivery {
  return new Delivery(options);
}

class Delivery implements TriggerDelivery {
  readonly #options: DeliveryOptions & typeof DeliveryDefaults;
  readonly #backoff: BackoffOptions;
  readonly #outbox: Outbox;
  readonly #log: (line: string) => void;
  readonly #triggers: readonly Trigger[];
  readonly #unsubscribe: () => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #waiting = new Set<Lane>();
  readonly #inFlight = new Map<AbortController, Promise<void>>();
  readonly #timers = new Set<() => void>();
  #idleListeners: (() => void)[] = [];
  #pending = 0;
  #dropped = 0;
  #isStopped = false;

  constructor(options: DeliveryOptions) {
    this.#options = { ...DeliveryDefaults, ...options } as DeliveryOptions & typeof DeliveryDefaults;
    this.#backoff = { ...BackoffDefaults, ...options.backoff };
    this.#log = options.log ?? (() => {});
    this.#triggers = options.routes.map((route) => ({
      ...route,
      matches: compilePattern(route.document),
    }));
    this.#outbox = options.outbox ?? memoryOutbox();
    this.#resume();
    this.#unsubscribe = options.firestore.onChange((change) => this.#accept(change));
  }

  pending(): number {
    return this.#pending;
  }

  idle(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleListeners.push(resolve));
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#isStopped = true;
    for (const attempt of this.#inFlight.keys()) attempt.abort();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#waiting.clear();
    await Promise.all(this.#inFlight.values());
    this.#lanes.clear();
    this.#settle(this.#pending);
  }

  #accept(change: DocumentChange): void {
    for (const trigger of this.#triggers) {
      if (isOfType(trigger.eventType, change) && trigger.matches(change.path)) this.#enqueue(trigger, change);
    }
    this.#deliver();
  }

  /** Takes up what an earlier process has not delivered. */
  #resume(): void {
    for (const event of this.#outbox.left) {
      const trigger = this.#triggers.find(({ name }) => name === event.trigger);
      if (trigger) {
        this.#line(trigger, event);
        continue;
      }
      this.#log(`${event.trigger}: no longer there, dropped its event of ${event.path}`);
      this.#outbox.remove(event);
    }
    this.#deliver();
  }

  #enqueue(trigger: Trigger, change: DocumentChange): void {
    if (this.#pending >= this.#options.maxPending) {
      this.#overflow(trigger, change);
      return;
    }
    this.#dropped = 0;
    const body = JSON.stringify(cloudEvent(change, trigger.eventType, this.#options.projectId));
    this.#line(trigger, this.#outbox.add({ trigger: trigger.name, path: change.path, body }));
  }

  /** Puts an event at the end of its lane. */
  #line(trigger: Trigger, event: PendingEvent): void {
    this.#pending++;
    const key = `${trigger.name} ${event.path}`;
    const lane = this.#lanes.get(key);
    if (lane) {
      lane.events.push(event);
      return;
    }
    const created: Lane = { key, trigger, events: [event], failures: 0 };
    this.#lanes.set(key, created);
    this.#waiting.add(created);
  }

  /** Says once that events are dropped, not for each. */
  #overflow(trigger: Trigger, change: DocumentChange): void {
    if (this.#dropped++ > 0) return;
    this.#log(
      `${trigger.name}: ${this.#pending} events are waiting, dropping new ones from ${change.path} on`,
    );
  }

  #deliver(): void {
    for (const lane of this.#waiting) {
      if (this.#inFlight.size >= this.#options.concurrency) return;
      this.#waiting.delete(lane);
      const attempt = new AbortController();
      const end = this.#attempt(lane, attempt).finally(() => {
        this.#inFlight.delete(attempt);
        this.#deliver();
      });
      this.#inFlight.set(attempt, end);
    }
  }

  async #attempt(lane: Lane, attempt: AbortController): Promise<void> {
    const [event] = lane.events;
    if (!event) return;
    const { timeoutMs } = this.#options;
    const timer = setTimeout(() => attempt.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const failure = await post(lane.trigger.url, event.body, attempt.signal);
    clearTimeout(timer);
    if (this.#isStopped) return;
    if (failure === undefined) this.#finish(lane, event);
    else this.#fail(lane, event, failure);
  }

  #fail(lane: Lane, event: PendingEvent, failure: string): void {
    if (!lane.trigger.retry) {
      this.#log(`${lane.trigger.name}: dropped the event of ${event.path}: ${failure}`);
      this.#finish(lane, event);
      return;
    }
    lane.failures++;
    const delayMs = backoffDelayMs(lane.failures, this.#backoff);
    this.#log(`${lane.trigger.name}: attempt ${lane.failures} at ${event.path} failed: ${failure}`);
    this.#later(delayMs, () => {
      this.#waiting.add(lane);
      this.#deliver();
    });
  }

  #later(delayMs: number, run: () => void): void {
    const cancel = this.#backoff.schedule(() => {
      this.#timers.delete(cancel);
      run();
    }, delayMs);
    this.#timers.add(cancel);
  }

  /** The first event of the lane is done with; the next one goes behind the other documents that wait. */
  #finish(lane: Lane, event: PendingEvent): void {
    this.#outbox.remove(event);
    lane.events.shift();
    lane.failures = 0;
    if (lane.events.length > 0) this.#waiting.add(lane);
    else this.#lanes.delete(lane.key);
    this.#settle(1);
  }

  #settle(count: number): void {
    this.#pending -= count;
    if (this.#pending > 0) return;
    const listeners = this.#idleListeners;
    this.#idleListeners = [];
    for (const notify of listeners) notify();
  }
}
