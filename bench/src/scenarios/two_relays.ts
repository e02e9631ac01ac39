/** Two relays on one Redis, each with half of the clients. */
import { Contestant, type Sample } from "../contestant.ts";
import type { Ground } from "../ground.ts";
import { startRelay } from "../servers/relay.ts";
import type { Server } from "../servers/server.ts";
import { compare } from "../turns.ts";
import type { Context, Scenario } from "./scenario.ts";

const turnSeconds = 2;
/** Not in turns of the same processes: what happens in an organization reaches every relay, whoever has the turn. */
const order = [1, 2, 1, 2] as const;

export const twoRelays: Scenario = {
  name: "two-relays",
  about:
    "All clients are on one relay, or half of them on each of two, which share the servers' core: what a delivery costs should stay the same.",
  async run(context) {
    const series = ([1, 2] as const).map((relays) => ({
      relays,
      name: nameOf(relays),
      samples: [] as Sample[],
    }));
    for (const relays of order) {
      const sample = await measure(context, relays);
      series.find((one) => one.relays === relays)?.samples.push(sample);
    }
    return compare(series);
  },
};

const nameOf = (relays: number) => (relays === 1 ? "one relay" : `${relays} relays`);

async function measure({ ground, options, log }: Context, relays: number): Promise<Sample> {
  const contestant = await Contestant.enter(ground, await startRelays(ground, relays, options.clients));
  try {
    const { seconds } = await contestant.connect({ count: options.clients });
    log(`${contestant.server.name}: ${options.clients} clients in ${seconds.toFixed(1)} s`);
    await contestant.saturate(turnSeconds / 2);
    return await contestant.saturate(turnSeconds);
  } finally {
    await contestant.leave();
  }
}

/** As one server. */
async function startRelays(ground: Ground, count: number, clients: number): Promise<Server> {
  const [first, ...others] = await Promise.all(
    Array.from({ length: count }, () => startRelay(ground, { clients })),
  );
  if (!first) throw new RangeError("at least one relay");
  const all = [first, ...others];
  return {
    ...first,
    name: nameOf(count),
    pids: all.flatMap(({ pids }) => pids),
    speech: { ...first.speech, ports: all.flatMap(({ speech }) => speech.ports) },
    async stop() {
      await Promise.all(all.map((relay) => relay.stop()));
    },
  };
}
