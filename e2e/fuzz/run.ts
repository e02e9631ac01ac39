/** Attacks a relay process many times, while healthy clients of it are watched and its memory is measured. */
import type { Socket } from "node:net";
import { waitUntil } from "@faultline/local/process";
import { startBackend, tokenOf, tokenWith } from "../support/backend.ts";
import { startFlow } from "../support/flow.ts";
import { type MeasuredRelay, startMeasuredRelay } from "../support/measured_relay.ts";
import { type Allowance, growthOf, type Memory } from "../support/memory.ts";
import { carryOut, type Target } from "./carry_out.ts";
import { type AttackKind, type PlannedAttack, planAttack } from "./plan.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** The number of the first attack. Default 0. */
  readonly from?: number;
  readonly count: number;
  readonly log: (line: string) => void;
}

export interface FuzzResult {
  readonly attacks: Readonly<Partial<Record<AttackKind, number>>>;
  readonly perSecond: number;
  /** How often each status was answered over HTTP, and each reason over a socket. */
  readonly answers: Readonly<Record<string, number>>;
  /** Events that each healthy client got meanwhile. */
  readonly events: number;
  /** After each round. */
  readonly memory: readonly Memory[];
  readonly problems: readonly string[];
}

const rounds = 5;
const concurrency = 48;
/** How many half requests are held open at a time. */
const mostHeld = 64;
/** What the relay may hold more after the last round than after the first: it remembers a thousand events by then. */
const allowance: Allowance = { heapMiB: 5, rssMiB: 64 };

export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const backend = await startBackend();
  const relay = await startMeasuredRelay(backend);
  const flow = await startFlow(backend, relay.port);
  try {
    const campaign = new Campaign(options, relay);
    const memory: Memory[] = [];
    const beganAt = Date.now();
    for (let round = 0; round < rounds && relay.isRunning(); round += 1) {
      await campaign.fight(round);
      if (!relay.isRunning()) break;
      await untilAlone(relay, flow.clients);
      memory.push(await relay.memory());
      options.log(`round ${round + 1} of ${rounds}: ${JSON.stringify(memory.at(-1))}`);
    }
    const seconds = (Date.now() - beganAt) / 1_000;
    const { events, problems } = await flow.stop();
    return {
      ...campaign.figures,
      perSecond: Math.round(options.count / seconds),
      events,
      memory,
      problems: [...campaign.problems, ...relay.complaints, ...problems, ...growthOf(memory, allowance)],
    };
  } finally {
    await flow.stop();
    await relay.process.stop("SIGKILL");
    await backend.stop();
  }
}

/** The connections of attackers are gone, as the relay has it. */
async function untilAlone(relay: MeasuredRelay, clients: number): Promise<void> {
  const isAlone = async () => (await relay.metric("connections")) === clients;
  await waitUntil(isAlone, {
    what: "the attackers' connections to be gone",
    of: relay.process,
    timeoutMs: 30_000,
  });
}

class Campaign {
  readonly problems: string[] = [];
  readonly #options: FuzzOptions;
  readonly #relay: MeasuredRelay;
  readonly #attacks: Partial<Record<AttackKind, number>> = {};
  readonly #answers: Record<string, number> = {};
  readonly #held: Socket[] = [];

  constructor(options: FuzzOptions, relay: MeasuredRelay) {
    this.#options = options;
    this.#relay = relay;
  }

  get figures(): Pick<FuzzResult, "attacks" | "answers"> {
    return { attacks: this.#attacks, answers: this.#answers };
  }

  /** Carries out one round's share of the attacks, many at a time. */
  async fight(round: number): Promise<void> {
    const { count, from = 0 } = this.#options;
    let next = from + Math.floor((count * round) / rounds);
    const end = from + Math.floor((count * (round + 1)) / rounds);
    const work = async () => {
      while (next < end && this.#relay.isRunning()) await this.#attack(next++);
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    if (!this.#relay.isRunning()) this.problems.push(`the relay ended: ${this.#relay.process.output()}`);
    for (const socket of this.#held.splice(0)) socket.destroy();
  }

  async #attack(number: number): Promise<void> {
    const token = tokenOf(`attacker-${number}`);
    const attack = planAttack(this.#options.seed, number, { good: token, forge: tokenWith });
    this.#attacks[attack.kind] = (this.#attacks[attack.kind] ?? 0) + 1;
    const target: Target = { port: this.#relay.port, token, hold: (socket) => this.#hold(socket) };
    try {
      this.#judge(attack, await carryOut(attack, target));
    } catch (error) {
      this.#report(attack, String(error));
    }
  }

  #judge(attack: PlannedAttack, answer: string): void {
    const kind = answerOf(attack, answer);
    this.#answers[kind] = (this.#answers[kind] ?? 0) + 1;
    if (kind === "500" || kind === "internal") this.#report(attack, answer);
  }

  #report({ number, kind, chunks }: PlannedAttack, what: string): void {
    const sent = JSON.stringify(
      Buffer.concat([...chunks])
        .toString("latin1")
        .slice(0, 300),
    );
    this.problems.push(`attack ${number} (${kind}) ${sent}: ${what.slice(-500)}`);
  }

  #hold(socket: Socket): void {
    this.#held.push(socket);
    if (this.#held.length > mostHeld) this.#held.shift()?.destroy();
  }
}

/** The status, or the reason of what a message was answered with. */
function answerOf({ prelude }: PlannedAttack, answer: string): string {
  if (prelude === "none") return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? "nothing";
  const [, acked] = /430(\[.*)/.exec(answer) ?? [];
  if (acked === undefined) return "nothing";
  return /"reason":"([a-z-]+)"/.exec(acked)?.[1] ?? "ok";
}
