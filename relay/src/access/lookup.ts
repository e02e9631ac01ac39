/** Reads values by key: all that is asked for in one turn of the event loop by one command, a key that many ask for once. */
import type { Redis } from "ioredis";
import { within } from "../base/deadline.ts";

export interface Lookup {
  /** What Redis has under the key at the call or later; rejects when it does not answer within two seconds. */
  get(key: string): Promise<string | null>;
}

/** What is needed of Redis. */
export type LookupRedis = Pick<Redis, "get" | "mget">;

/** The most keys of one command: Redis does nothing else meanwhile. */
export const keysAtOnce = 256;

/** How long Redis is waited for. */
const answerMs = 2_000;

type Values = readonly (string | null)[];

interface Batch {
  /** Which of the answers is whose. */
  readonly places: Map<string, number>;
  readonly values: Promise<Values>;
}

export function createLookup(redis: LookupRedis): Lookup {
  return new GatheringLookup(redis);
}

class GatheringLookup implements Lookup {
  readonly #redis: LookupRedis;
  /** The one that is not sent yet, and has room. */
  #open: Batch | undefined;
  /** Whether Redis is a cluster, where one command reads one slot. */
  #isCluster = false;

  constructor(redis: LookupRedis) {
    this.#redis = redis;
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
      return within(answerMs, this.#read([...places.keys()]));
    };
    const batch = { places, values: nextTurn().then(send) };
    return batch;
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

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
