/** A whole run: everything is started, struck by the plan's faults, let settle, and checked. */
import { waitUntil } from "@faultline/local/process";
import { createTeardown } from "@faultline/local/teardown";
import { createRandom } from "../support/random.ts";
import { check, checkState } from "./check.ts";
import type { Client } from "./client.ts";
import { compare } from "./compare.ts";
import { carryOut, type Struck } from "./faults.ts";
import { type Figures, figuresOf } from "./figures.ts";
import type { OrganizationId } from "./organization.ts";
import { type FaultKind, type Plan, planFaults } from "./plan.ts";
import { describeFailure, type Finding } from "./report.ts";
import { type Setting, type SettingOptions, startSetting } from "./setting.ts";
import type { Truth } from "./truth.ts";

export interface RunOptions extends Omit<SettingOptions, "random" | "onStop"> {
  readonly seed: number;
  /** How often every kind of fault strikes. */
  readonly cycles: number;
  /** Kinds of fault that don't. Default none. */
  readonly without?: readonly FaultKind[];
  /** Goes on until this many writes were made, though all faults are over. Default 0. */
  readonly leastWrites?: number;
  /** Starts no fault any more; what is under way is undone, and the run is checked. */
  readonly timeUp?: AbortSignal;
  /** Ends the run at once: it rejects when all is stopped. */
  readonly interrupt?: AbortSignal;
  /** Told of each step. */
  readonly log?: (line: string) => void;
}

export interface RunReport {
  readonly plan: Plan;
  readonly figures: Figures;
  readonly findings: readonly Finding[];
  /** Kinds of fault that found nothing to strike: they prove nothing. */
  readonly misses: readonly FaultKind[];
  /** What went wrong, at length; undefined when nothing did. */
  readonly failure: string | undefined;
}

/** How long what is right may take to arrive once all faults are over. */
const settleMs = 120_000;

const progressMs = 30_000;

export async function runChaos(options: RunOptions): Promise<RunReport> {
  const teardown = createTeardown();
  const { log = () => {} } = options;
  const report = await run(options, teardown.add).catch(async (error: unknown) => {
    // Why it failed matters more than what could not be stopped then.
    await teardown.run().catch((failure: unknown) => log(`while stopping: ${failure}`));
    throw error;
  });
  log("stopping");
  await teardown.run();
  return report;
}

async function run(options: RunOptions, onStop: SettingOptions["onStop"]): Promise<RunReport> {
  const { seed, cycles, without = [], leastWrites = 0, log = () => {} } = options;
  const { timeUp = never(), interrupt = never() } = options;
  const random = createRandom(seed);
  const plan = planFaults(random.fork("plan"), { cycles, without });
  log("starting");
  const setting = await startSetting({ ...options, random, onStop });
  const { world, writers, sweeper } = setting;
  const { clients, triggers } = world;
  await waitUntil(() => clients.every(({ isSubscribed }) => isSubscribed), {
    what: "all clients",
    signal: interrupt,
  });
  log("all clients are subscribed; faults begin");
  const began = Date.now();
  const struck: Struck[] = [];
  const reporting = setInterval(() => log(progressOf(setting, struck)), progressMs);
  try {
    await carryOut(plan, world, { struck, signal: AbortSignal.any([timeUp, interrupt]) });
  } finally {
    clearInterval(reporting);
  }
  await waitUntil(() => writers.figures().done >= leastWrites, { what: "the writes", signal: interrupt });
  interrupt.throwIfAborted();
  const seconds = Math.round((Date.now() - began) / 1_000);
  log("faults are over; settling");
  await writers.stop();
  await triggers.idle();
  for (const client of clients) client.stay();
  const truths = await setting.chronicle.read();
  await sweeper.finish();
  await settle(clients, truths, { signal: interrupt, log });
  log("settled; checking");
  const findings = findAll(setting, truths);
  const figures = figuresOf({
    seed,
    seconds,
    clients,
    triggers: triggers.figures(),
    writers: writers.figures(),
    truths,
    struck,
    findings,
  });
  const failure = findings.length > 0 ? describeFailure({ plan, struck, findings, began }) : undefined;
  return { plan, figures, findings, misses: missesOf(struck), failure };
}

function never(): AbortSignal {
  return new AbortController().signal;
}

function progressOf({ world, writers }: Setting, struck: readonly Struck[]): string {
  const { clients } = world;
  const total = (of: (client: Client) => number) => clients.reduce((sum, client) => sum + of(client), 0);
  const parts = {
    writes: writers.figures().done,
    deliveries: total(({ figures }) => figures.deliveries),
    faults: struck.length,
    resumes: total(({ figures: { resumes } }) => resumes.current + resumes.replayed + resumes.lost),
    subscribed: clients.filter(({ isSubscribed }) => isSubscribed).length,
    problems: total(({ view }) => view.problems.length),
  };
  return Object.entries(parts)
    .map(([name, value]) => `${value} ${name}`)
    .join(", ");
}

/** Waits until every client is subscribed and has all that it should; gives up in the end. */
async function settle(
  clients: readonly Client[],
  truths: ReadonlyMap<OrganizationId, Truth>,
  { signal, log }: { readonly signal: AbortSignal; readonly log: (line: string) => void },
): Promise<void> {
  const waiting = new Set(clients);
  let toldAt = Date.now();
  const areSettled = () => {
    for (const client of waiting) {
      const truth = truths.get(client.options.organizationId);
      if (truth && client.isSubscribed && checkState(client, truth).length === 0) waiting.delete(client);
    }
    if (Date.now() > toldAt + progressMs) {
      toldAt = Date.now();
      log(`waiting for ${[...waiting].map(({ options }) => options.name).join(", ")}`);
    }
    return waiting.size === 0;
  };
  await waitUntil(areSettled, { what: "the clients", timeoutMs: settleMs, everyMs: 500, signal }).catch(() =>
    signal.throwIfAborted(),
  );
}

function findAll({ world, ledger }: Setting, truths: ReadonlyMap<OrganizationId, Truth>): readonly Finding[] {
  const { clients, redis } = world;
  const missed = compare(clients, ledger.entries(), redis.fallbacks);
  return clients.flatMap((client) => {
    const truth = truths.get(client.options.organizationId);
    const problems = [...(truth ? check(client, truth) : []), ...(missed.get(client) ?? [])];
    return problems.map((problem) => ({ client, problem }));
  });
}

function missesOf(struck: readonly Struck[]): readonly FaultKind[] {
  const kinds = new Set(struck.map(({ kind }) => kind));
  return [...kinds].filter((kind) => !struck.some((one) => one.kind === kind && one.isHit));
}
