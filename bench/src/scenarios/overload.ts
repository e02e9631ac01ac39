/** What becomes of changes while Redis is asked for more than it can do. */
import { Contestant, type Sample } from "../contestant.ts";
import { median, milliseconds, thousands } from "../figures.ts";
import { type FloodOptions, startFlood } from "../flood.ts";
import type { Ground } from "../ground.ts";
import { type Api, creation, startApi } from "../servers/api.ts";
import { startRelay } from "../servers/relay.ts";
import type { Scenario } from "./scenario.ts";

const calmReports = 100;
const floods: readonly FloodOptions[] = [
  { connections: 50, pipelined: 20, appends: 150_000 },
  { connections: 500, pipelined: 80, appends: 200_000 },
];

interface Row {
  readonly what: string;
  readonly appended?: number;
  readonly reports: number;
  readonly answered: readonly number[];
  readonly received: { readonly p50: number; readonly max: number };
  readonly faults: number;
}

export const overload: Scenario = {
  name: "overload",
  about:
    "Reports through the API, one after another, and a client of a relay that gets their events: while Redis has nothing else to do, and while it appends and pushes as much as it can for another organization, with so many appends waiting. All else on one core waits for Redis, too.",
  async run({ ground, log }) {
    const api = await startApi(ground);
    try {
      const rows: Row[] = [];
      const cutOffs = await withClient(ground, api, async (reporter) => {
        for await (const row of measure(ground, reporter)) {
          log(`${row.what}: ${row.reports} reports`);
          rows.push(row);
        }
      });
      return {
        tables: [{ columns, rows: rows.map(cellsOf) }],
        notes: notesOf(rows, cutOffs),
        figures: { rows, cutOffs },
      };
    } finally {
      await api.stop();
    }
  },
};

/** A client, and how long the API took for each of the reports whose events it gets. */
interface Reporter {
  readonly client: Contestant;
  readonly answered: number[];
}

async function* measure(ground: Ground, { client, answered }: Reporter): AsyncGenerator<Row> {
  const rowOf = (what: string, { latency, faults, events }: Sample): Row => ({
    what,
    reports: events,
    answered: answered.splice(0),
    received: latency,
    faults,
  });
  // The first time code is compiled.
  rowOf("warm-up", await client.singly(calmReports, 0));
  yield rowOf("nothing", await client.singly(calmReports, 10));
  for (const options of floods) {
    const flood = await startFlood(ground, options);
    const what = `${options.connections * options.pipelined} appends`;
    const row = rowOf(what, await client.saturateWhile(() => !flood.isOver()));
    yield { ...row, appended: await flood.perSecond };
  }
}

const columns = [
  "what waits",
  "appends/s",
  "reports",
  "answered p50 ms",
  "longest ms",
  "received p50 ms",
  "longest ms",
];

function cellsOf({ what, appended, reports, answered, received }: Row): readonly string[] {
  return [
    what,
    appended === undefined ? "" : thousands(appended),
    String(reports),
    milliseconds(median(answered)),
    milliseconds(Math.max(...answered)),
    milliseconds(received.p50),
    milliseconds(received.max),
  ];
}

function notesOf(rows: readonly Row[], cutOffs: number): readonly string[] {
  const faults = rows.reduce((sum, one) => sum + one.faults, 0);
  return [
    `All reports were answered with 201. Events lost, repeated or out of order: ${faults}.`,
    `Times that Redis cut off the relay, since too much was waiting for it: ${cutOffs}. What it missed it read from the log.`,
  ];
}

/** How often the relay lost the connection over which it is pushed to. */
async function cutOffsOf(port: number | undefined): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^faultline_relay_redis_losses_total{client="subscriber"} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}

/** A report that is not answered with success ends it. */
async function withClient(
  ground: Ground,
  api: Api,
  act: (reporter: Reporter) => Promise<void>,
): Promise<number> {
  const answered: number[] = [];
  const relay = await startRelay(ground, { clients: 1 });
  const client = await Contestant.enter(ground, {
    ...relay,
    async publish(mark) {
      const began = performance.now();
      await api.call(creation(mark));
      answered.push(performance.now() - began);
    },
  });
  try {
    await client.connect({ count: 1 });
    await act({ client, answered });
    return await cutOffsOf(relay.speech.ports[0]);
  } finally {
    await client.leave();
  }
}
