/** Delivers Firestore's changes to the trigger as Eventarc may: late, more than once, in any order, until one succeeds. */
import { setTimeout as delay } from "node:timers/promises";
import type { EmbeddedFirestore } from "@faultline/local/firestore";
import { waitUntil } from "@faultline/local/process";
import { cloudEvent, EventTypes } from "@faultline/local/triggers/event";
import type { Random } from "../support/random.ts";
import { projectId } from "./processes.ts";
import type { Publishers } from "./publishers.ts";

export interface TriggerFigures {
  readonly events: number;
  /** Attempts that failed, each of which was made again. */
  readonly failures: number;
  /** Deliveries of what had been handled already. */
  readonly repeats: number;
}

export interface Triggers {
  /** Holds all events back, to come all at once when it is over. */
  hold(isHeld: boolean): void;
  /** Resolves when every change so far was handled, and every repetition that was drawn came. */
  idle(): Promise<void>;
  figures(): TriggerFigures;
  /** Hears of no more changes and gives up what is pending. */
  stop(): void;
}

export interface TriggerOptions {
  readonly firestore: Pick<EmbeddedFirestore, "onChange">;
  readonly publishers: Pick<Publishers, "call">;
  readonly random: Random;
}

/** Where which documents' changes are delivered. */
const routes = [
  [/^organizations\/[^/]+\/issues\/[^/]+$/, "/trigger/issues"],
  [/^organizations\/[^/]+\/alerts\/[^/]+$/, "/trigger/alerts"],
] as const;

interface Delivery {
  readonly route: string;
  readonly event: object;
}

/** How many are in flight at most: as many as a few instances would take. */
const concurrency = 8;

/** How a delivery is drawn. */
const odds = {
  usualDelayMs: [0, 60],
  /** Late enough that the next writes overtake it. */
  lateShare: 0.1,
  lateDelayMs: [200, 4_000],
  repeatShare: 0.15,
  repeatDelayMs: [0, 6_000],
  retryMs: [100, 1_500],
} as const;

export function deliverTriggers(options: TriggerOptions): Triggers {
  return new WildDelivery(options);
}

class WildDelivery implements Triggers {
  readonly #options: TriggerOptions;
  readonly #unsubscribe: () => void;
  readonly #due: Delivery[] = [];
  #figures = { events: 0, failures: 0, repeats: 0 };
  #pending = 0;
  #inFlight = 0;
  #isHeld = false;
  #isStopped = false;

  constructor(options: TriggerOptions) {
    this.#options = options;
    this.#unsubscribe = options.firestore.onChange((change) => {
      const [, route] = routes.find(([pattern]) => pattern.test(change.path)) ?? [];
      if (route === undefined) return;
      this.#figures.events += 1;
      const { random } = options;
      const isLate = random.chance(odds.lateShare);
      const event = cloudEvent(change, EventTypes.written, projectId);
      void this.#schedule({ route, event }, random.between(isLate ? odds.lateDelayMs : odds.usualDelayMs));
    });
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#deliver();
  }

  async idle(): Promise<void> {
    await waitUntil(() => this.#pending === 0, { what: "the triggers", timeoutMs: 120_000 });
  }

  figures(): TriggerFigures {
    return { ...this.#figures };
  }

  stop(): void {
    this.#isStopped = true;
    this.#unsubscribe();
  }

  /** Counts as pending from now on. */
  async #schedule(delivery: Delivery, delayMs: number): Promise<void> {
    this.#pending += 1;
    await delay(delayMs, undefined, { ref: false });
    this.#due.push(delivery);
    this.#deliver();
  }

  #deliver(): void {
    while (!this.#isHeld && !this.#isStopped && this.#inFlight < concurrency) {
      const delivery = this.#due.shift();
      if (!delivery) return;
      this.#inFlight += 1;
      void this.#attempt(delivery).finally(() => {
        this.#inFlight -= 1;
        this.#pending -= 1;
        this.#deliver();
      });
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const { publishers, random } = this.#options;
    const { route, event } = delivery;
    const isDone = await publishers.call(random, "POST", route, { body: event }).then(
      ({ status }) => status === 204,
      () => false,
    );
    if (this.#isStopped) return;
    if (!isDone) {
      this.#figures.failures += 1;
      void this.#schedule(delivery, random.between(odds.retryMs));
    } else if (random.chance(odds.repeatShare)) {
      this.#figures.repeats += 1;
      void this.#schedule(delivery, random.between(odds.repeatDelayMs));
    }
  }
}
