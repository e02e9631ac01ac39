/** Lets many come and go at a relay process, and measures what it holds on to. */
import { waitUntil } from "@faultline/local/process";
import { startBackend } from "../support/backend.ts";
import { startFlow } from "../support/flow.ts";
import { type MeasuredRelay, startMeasuredRelay } from "../support/measured_relay.ts";
import { type Allowance, growthOf, type Memory, slopeOf } from "../support/memory.ts";
import { createRandom } from "../support/random.ts";
import { type Visits, visit } from "./visitor.ts";

export interface SoakOptions {
  readonly seed: number;
  /** What ends it: a number of connects. */
  readonly connects?: number;
  /** Or this many minutes. */
  readonly minutes?: number;
  readonly log: (line: string) => void;
}

export interface SoakResult {
  readonly visits: Visits;
  readonly perSecond: number;
  /** Of the steady flow. */
  readonly events: number;
  /** After each tenth. */
  readonly memory: readonly Memory[];
  /** Of what was held after the warm-up, for each thousand connects. */
  readonly slope: ReturnType<typeof slopeOf>;
  readonly problems: readonly string[];
}

const samples = 10;
const visitors = 24;
/** In the first samples caches fill and code is compiled. */
const warmUp = 3;
/** What may be held more at the end than after the warm-up. */
const allowance: Allowance = { heapMiB: 2, rssMiB: 48 };
/** So many events of an organization a relay remembers, once somebody has come back: from then on it holds no more. */
const remembered = 1_000;
const gauges = ["connections", "subscriptions", "streams"] as const;

export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const backend = await startBackend();
  const relay = await startMeasuredRelay(backend);
  const flow = await startFlow(backend, relay.port);
  try {
    const visits: Visits = { connects: 0, cuts: 0, events: 0, position: undefined, troubles: {} };
    const memory: Memory[] = [];
    const at: number[] = [];
    const beganAt = Date.now();
    for (let sample = 1; sample <= samples; sample += 1) {
      await letThemVisit(relay, options, visits, sample, beganAt);
      if (!relay.isRunning()) throw new Error(`the relay ended: ${relay.process.output()}`);
      if (sample === 1) await flow.fill(remembered);
      await untilHolding(relay, "connections", flow.clients);
      memory.push(await relay.memory());
      at.push(visits.connects);
      options.log(`${visits.connects} connects: ${JSON.stringify(memory.at(-1))}`);
    }
    const perSecond = Math.round(visits.connects / ((Date.now() - beganAt) / 1_000));
    const { events, problems } = await flow.stop();
    for (const gauge of gauges) await untilHolding(relay, gauge, 0);
    const troubles = Object.entries(visits.troubles).map(([what, times]) => `${times} times: ${what}`);
    return {
      visits,
      perSecond,
      events,
      memory,
      slope: slopeOf(at.slice(warmUp), memory.slice(warmUp)),
      problems: [...problems, ...troubles, ...relay.complaints, ...growthOf(memory.slice(warmUp), allowance)],
    };
  } finally {
    await flow.stop();
    await relay.process.stop("SIGKILL");
    await backend.stop();
  }
}

async function letThemVisit(
  relay: MeasuredRelay,
  { seed, connects = Infinity, minutes = Infinity }: SoakOptions,
  visits: Visits,
  sample: number,
  beganAt: number,
): Promise<void> {
  const share = sample / samples;
  const endsAt = beganAt + minutes * 60_000 * share;
  const mayGoOn = () => relay.isRunning() && visits.connects < connects * share && Date.now() < endsAt;
  const visiting = Array.from({ length: visitors }, (_, number) =>
    visit(relay.port, createRandom(seed, `visitor ${sample}-${number}`), visits, mayGoOn),
  );
  await Promise.all(visiting);
}

/** The relay's gauge, whatever its labels, comes to this. */
async function untilHolding(relay: MeasuredRelay, gauge: string, value: number): Promise<void> {
  const isHeld = async () => (await relay.metric(gauge)) === value;
  await waitUntil(isHeld, { what: `${gauge} to be ${value}`, of: relay.process, timeoutMs: 30_000 });
}
