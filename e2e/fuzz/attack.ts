/** One malformed thing that is done to a relay: decided by a seed alone, before anything is sent. */
import type { Random } from "../support/random.ts";

/** What a relay and a client have agreed on before the malformed thing comes. */
export type Prelude = "none" | "upgraded" | "connected";

/**
 * How it ends: in good order once all is sent, once a message was answered, without a word, or not at all: the
 * connection is held open until others like it take its place.
 */
export type Ending = "end" | "answer" | "reset" | "hold";

export interface Attack {
  readonly prelude: Prelude;
  readonly chunks: readonly Buffer[];
  readonly ending: Ending;
}

export type Generator = (random: Random, tokens: Tokens) => Attack;

/** What an attacker has: a member's own token, and what claims can be put into one. */
export interface Tokens {
  readonly good: string;
  /** An unsigned token in which a claim is this JSON. */
  forge(claim: string, json: string): string;
}
