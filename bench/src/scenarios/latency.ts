/** How long an event takes from the publisher's call to its receipt, while nothing else happens. */
import type { Sample } from "../contestant.ts";
import { milliseconds, spread } from "../figures.ts";
import { startRelay } from "../servers/relay.ts";
import { startSocketIo } from "../servers/socketio.ts";
import { type Series, takeTurns } from "../turns.ts";
import { withAll } from "./enter.ts";
import type { Context, Scenario } from "./scenario.ts";

interface Setting {
  readonly clients: number;
  /** Of one turn. */
  readonly events: number;
  readonly apartMs: number;
}

const settings: readonly Setting[] = [
  { clients: 1, events: 200, apartMs: 10 },
  { clients: 2_500, events: 10, apartMs: 200 },
];

export const latency: Scenario = {
  name: "latency",
  about:
    "From the publisher's call (append to the log and push; for Socket.IO push alone) to the client's receipt, one event at a time.",
  async run(context) {
    const rows: (readonly string[])[] = [];
    const figures: unknown[] = [];
    for (const setting of settings) {
      const series = await measure(context, setting);
      rows.push(...series.map((one) => rowOf(setting, one)));
      figures.push({ ...setting, series });
    }
    const columns = ["server", "clients", "p50 ms", "p99 ms", "last client p50 ms"];
    return { tables: [{ columns, rows }], notes: [], figures };
  },
};

function measure(
  { ground, options, log }: Context,
  { clients, events, apartMs }: Setting,
): Promise<readonly Series[]> {
  const starts = [() => startRelay(ground, { clients }), () => startSocketIo(ground)] as const;
  return withAll({ ground, options: { ...options, clients }, log }, starts, async ({ contestants }) => {
    // What is idle is not what has never had anything to do.
    for (const contestant of contestants) await contestant.saturate(0.5);
    return takeTurns(contestants, options.rounds, (contestant) => contestant.singly(events, apartMs));
  });
}

function rowOf({ clients }: Setting, { name, samples }: Series): readonly string[] {
  const all = (of: (sample: Sample) => number) => spread(samples.map(of), milliseconds);
  return [
    name,
    String(clients),
    all(({ latency }) => latency.p50),
    all(({ latency }) => latency.p99),
    all(({ completion }) => completion.p50),
  ];
}
