/** Which attack comes when: by seed and number, so that any one can be done again alone. */
import { createRandom } from "../support/random.ts";
import type { Attack, Generator, Tokens } from "./attack.ts";
import { head, header, request, slow } from "./http.ts";
import { frame, handshake, packet, payload } from "./sockets.ts";

const generators = {
  request,
  head,
  header,
  slow,
  handshake,
  frame,
  packet,
  payload,
} as const satisfies Record<string, Generator>;
export type AttackKind = keyof typeof generators;
export const attackKinds = Object.keys(generators) as readonly AttackKind[];

export interface PlannedAttack extends Attack {
  readonly number: number;
  readonly kind: AttackKind;
}

export function planAttack(seed: number, number: number, tokens: Tokens): PlannedAttack {
  const random = createRandom(seed, `attack ${number}`);
  const kind = random.pick(attackKinds) ?? "request";
  return { number, kind, ...generators[kind](random, tokens) };
}
