/** Lets servers take turns, A-B-C-A-B-C, so that the machine's drift is everybody's. */
import type { Contestant, Sample } from "./contestant.ts";
import { fixed, median, milliseconds, percent, spread, thousands } from "./figures.ts";
import type { Findings, Table } from "./results/findings.ts";

/** Of a core: who needs as much was the bottleneck itself. */
const busyShare = 0.95;
/** A server that waits for the next event in between has a little less than its core. */
const saturatedShare = 0.85;

/** One server's samples, one of each round. */
export interface Series {
  readonly name: string;
  readonly samples: readonly Sample[];
}

export type Measure = (contestant: Contestant) => Promise<Sample>;

/** Everybody has one turn that does not count: code is compiled, and caches fill. */
export async function takeTurns(
  contestants: readonly Contestant[],
  rounds: number,
  measure: Measure,
): Promise<readonly Series[]> {
  const series = contestants.map(({ server }) => ({ name: server.name, samples: [] as Sample[] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, contestant] of contestants.entries()) {
      const sample = await measure(contestant);
      if (round > 0) series[at]?.samples.push(sample);
    }
  }
  return series;
}

/** The first series is ours. */
export function compare(series: readonly Series[]): Findings {
  const [ours] = series;
  return {
    tables: ours ? [tableOf(ours, series)] : [],
    notes: series.flatMap(notesOf),
    figures: series,
  };
}

/** How many times as much CPU a delivery costs there as here, round by round. */
export function ratios(ours: Series, other: Series): readonly number[] {
  return ours.samples.map(
    ({ cpuPerMillion }, round) => (other.samples[round]?.cpuPerMillion ?? Number.NaN) / cpuPerMillion,
  );
}

function tableOf(ours: Series, series: readonly Series[]): Table {
  const columns = [
    "server",
    "CPU s per million deliveries",
    `times the CPU of ${ours.name}`,
    "deliveries/s",
    "of its core",
    "p50 ms",
    "p99 ms",
  ];
  const rows = series.map((one) => {
    const all = (of: (sample: Sample) => number) => one.samples.map(of);
    return [
      one.name,
      spread(
        all(({ cpuPerMillion }) => cpuPerMillion),
        fixed(1),
      ),
      spread(ratios(ours, one), fixed(2)),
      spread(
        all(({ deliveriesPerSecond }) => deliveriesPerSecond),
        thousands,
      ),
      percent(median(all(({ serverShare }) => serverShare))),
      milliseconds(median(all(({ latency }) => latency.p50))),
      milliseconds(median(all(({ latency }) => latency.p99))),
    ];
  });
  return { columns, rows };
}

function notesOf({ name, samples }: Series): readonly string[] {
  const faults = samples.reduce((sum, sample) => sum + sample.faults, 0);
  const cut = samples.reduce((sum, sample) => sum + sample.cut, 0);
  return [
    ...(faults > 0 ? [`${name}: ${faults} deliveries lost, repeated or out of order.`] : []),
    ...(cut > 0 ? [`${name}: ${cut} clients were cut off.`] : []),
    ...bottleneckOf(name, samples),
  ];
}

/** A server that could have done more was held up by its clients or by whatever else the machine does. */
function bottleneckOf(name: string, samples: readonly Sample[]): readonly string[] {
  const clients = median(samples.map(({ clientsShare }) => clientsShare));
  const server = median(samples.map(({ serverShare }) => serverShare));
  const believe = "believe CPU per delivery, not deliveries/s";
  if (clients > busyShare) return [`${name}: the load generator was the bottleneck; ${believe}.`];
  if (server > saturatedShare) return [];
  return [
    `${name}: got ${percent(server)} of its core, the load generator ${percent(clients)} of the other: the machine had more to do; ${believe}.`,
  ];
}
