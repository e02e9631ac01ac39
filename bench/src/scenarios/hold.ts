/** Many connections for a long time, while events come and other clients come and go. */
import { Contestant, type Sample } from "../contestant.ts";
import { pier } from "../event.ts";
import { milliseconds } from "../figures.ts";
import { residentBytes } from "../process.ts";
import { type RelayServer, startRelay } from "../servers/relay.ts";
import { enter } from "./enter.ts";
import type { Context, Scenario } from "./scenario.ts";

/** Who come and go, all of them at a time. */
const visitors = 200;
const eventsPerSecond = 2;
const roundSeconds = 15;

interface Round {
  readonly sample: Sample;
  readonly visits: number;
  readonly mebibytes: number;
}

export const hold: Scenario = {
  name: "hold",
  about: `All clients stay for \`--minutes\` (10), get ${eventsPerSecond} events a second, and ${visitors} others come and go all the time. Nobody may be cut off, nothing lost, and memory must stay flat.`,
  isLong: true,
  async run(context) {
    const { ground, options } = context;
    const relay = await startRelay(ground, { clients: options.clients + visitors });
    const clients = await enter(context, async () => relay);
    const visiting = await Contestant.enter(ground, relay.beside([`building:${pier.buildingId}`], pier));
    try {
      const rounds: Round[] = [];
      const until = performance.now() + options.minutes * 60_000;
      while (performance.now() < until) rounds.push(await round(context, relay, clients, visiting));
      return { tables: [{ columns, rows: rounds.map(rowOf) }], notes: [], figures: rounds };
    } finally {
      await visiting.leave();
      await clients.leave();
    }
  },
};

async function round(
  { log }: Context,
  relay: RelayServer,
  clients: Contestant,
  visiting: Contestant,
): Promise<Round> {
  let isOver = false;
  let visits = 0;
  const coming = (async () => {
    while (!isOver) {
      const { ready } = await visiting.connect({ count: visitors });
      await visiting.crowd.leave();
      visits += ready;
    }
  })();
  const sample = await clients.pace(eventsPerSecond, roundSeconds).finally(() => {
    isOver = true;
  });
  await coming;
  await relay.collectGarbage?.();
  const [pid = 0] = relay.pids;
  const mebibytes = (await residentBytes(pid)) / 2 ** 20;
  log(`${visits} visits, ${sample.faults} faults, ${sample.cut} cut off, ${mebibytes.toFixed(0)} MiB`);
  return { sample, visits, mebibytes };
}

const columns = ["visits", "events", "faults", "cut off", "p50 ms", "p99 ms", "MiB resident"];

function rowOf({ sample, visits, mebibytes }: Round): readonly string[] {
  const { events, faults, cut, latency } = sample;
  return [
    String(visits),
    String(events),
    String(faults),
    String(cut),
    milliseconds(latency.p50),
    milliseconds(latency.p99),
    mebibytes.toFixed(0),
  ];
}
