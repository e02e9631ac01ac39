/** More events a second than can be sent one by one. */
import type { Contestant, Sample } from "../contestant.ts";
import { fixed, milliseconds, percent, thousands } from "../figures.ts";
import { startRelay } from "../servers/relay.ts";
import { startSocketIo } from "../servers/socketio.ts";
import { enter } from "./enter.ts";
import type { Context, Scenario } from "./scenario.ts";

const rates = [50, 200] as const;
const burstSeconds = 3;
/** How long after its last event a burst may still be arriving. */
const patienceSeconds = 2;

interface Burst {
  readonly name: string;
  readonly rate: number;
  readonly sample: Sample;
}

export const bursts: Scenario = {
  name: "bursts",
  about: `Events at an even pace for ${burstSeconds} s, whether or not the server keeps up. Latency is from when an event was due; what came within ${patienceSeconds} s after the last one counts.`,
  async run(context) {
    const { ground, options } = context;
    const done: Burst[] = [];
    const starts = [
      () => startRelay(ground, { clients: options.clients }),
      () => startSocketIo(ground),
    ] as const;
    // A server that did not keep up still has a backlog: each burst has a server of its own.
    for (const rate of rates) for (const start of starts) done.push(await burst(context, start, rate));
    return { tables: [{ columns, rows: done.map(rowOf) }], notes: [], figures: done };
  },
};

async function burst(context: Context, start: Parameters<typeof enter>[1], rate: number): Promise<Burst> {
  const contestant: Contestant = await enter(context, start);
  try {
    await contestant.saturate(0.5);
    const sample = await contestant.pace(rate, burstSeconds, patienceSeconds);
    return { name: contestant.server.name, rate, sample };
  } finally {
    await contestant.leave();
  }
}

const columns = [
  "server",
  "events/s",
  "deliveries/s",
  "arrived in time",
  "p50 ms",
  "p99 ms",
  "CPU s per million",
  "of its core",
  "clients cut off",
];

function rowOf({ name, rate, sample }: Burst): readonly string[] {
  const { deliveriesPerSecond, seconds, faults, latency, cpuPerMillion, serverShare, cut } = sample;
  const arrived = deliveriesPerSecond * seconds;
  return [
    name,
    String(rate),
    thousands(deliveriesPerSecond),
    percent(arrived / (arrived + faults)),
    milliseconds(latency.p50),
    milliseconds(latency.p99),
    fixed(2)(cpuPerMillion),
    percent(serverShare),
    String(cut),
  ];
}
