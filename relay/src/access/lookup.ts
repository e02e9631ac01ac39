/** Reads values by key: whoever asks while nothing goes on is answered at once, a crowd by few commands, a key that many ask for once. */
import type { Redis } from "ioredis";
import { type Clock, pause, systemClock } from "../base/clock.ts";
import { within } from "../base/deadline.ts";

export interface Lookup {
  /** What Redis has under the key at the call or later; rejects when it does not answer within two seconds. */
  get(key: string): Promise<string | null>;
}

/** What is needed of Redis. */
export type LookupRedis = Pick<Redis, "get" | "mget">;

/** The most keys of one command: Redis does nothing else meanwhile. */
export const keysAtOnce = 256;

/** How long after a command what is asked for waits for more. A crowd does not come in one turn: each accepts one connection. */
export const apartMs = 10;

/** How long Redis is waited for. */
const answerMs = 2_000;

type Values = readonly (string | null)[];

interface Batch {
  /** Which of the answers is whose. */
  readonly places: Map<string, number>;
  readonly values: Promise<Values>;
}

/** `clock` is the system's by default. */
export function createLookup(redis: LookupRedis, clock: Clock = systemClock): Lookup {
  return new GatheringLookup(redis, clock);
}

class GatheringLookup implements Lookup {
  readonly #redis: LookupRedis;
  readonly #clock: Clock;
  /** The one that is not sent yet, and has room. */
  #open: Batch | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  /** Whether Redis is a cluster, where one command reads one slot. */
  #isCluster = false;

  constructor(redis: LookupRedis, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  async get(key: string): Promise<string | null> {
    const batch = this.#open ?? this.#begin();
    this.#open = batch;
    const place = batch.places.get(key) ?? batch.places.size;
    batch.places.set(key, place);
    if (batch.places.size === keysAtOnce) this.#open = undefined;
    return (await batch.values)[place] ?? null;
  }

  #begin(): Batch {
    const places = new Map<string, number>();
    const send = (): Promise<Values> => {
      if (this.#open === batch) this.#open = undefined;
      this.#sentAt = this.#clock.now();
      return within(answerMs, this.#read([...places.keys()]));
    };
    const batch = { places, values: this.#turn().then(send) };
    return batch;
  }

  /** Resolves in this turn of the event loop, or when it is time for another command. */
  #turn(): Promise<void> {
    const sinceMs = this.#clock.now() - this.#sentAt;
    // The time may be set back.
    if (sinceMs >= 0 && sinceMs < apartMs) return pause(this.#clock, apartMs - sinceMs);
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  async #read(keys: string[]): Promise<Values> {
    if (!this.#isCluster) {
      try {
        return await this.#redis.mget(keys);
      } catch (error) {
        this.#isCluster = error instanceof Error && error.message.startsWith("CROSSSLOT");
        if (!this.#isCluster) throw error;
      }
    }
    return Promise.all(keys.map((key) => this.#redis.get(key)));
  }
}
