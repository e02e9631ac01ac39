/** How many events a second one Redis can append and push, and what each costs it. */
import { library, markOf } from "../event.ts";
import { fixed } from "../figures.ts";
import { redisWork, workBetween } from "../redis.ts";
import { startPublisher, startRelay } from "../servers/relay.ts";
import type { Context, Scenario } from "./scenario.ts";

const inFlight = 64;
const events = 5_000;
/** Larger than any other number. */
const first = 4_000_000_000;

export const redisCeiling: Scenario = {
  name: "redis",
  about: `${events} events are appended and pushed, ${inFlight} in flight, while so many relays listen. Publisher and Redis share a core where there are only two.`,
  async run(context) {
    const measured: { readonly relays: number; readonly perSecond: number; readonly microseconds: number }[] =
      [];
    for (const relays of [0, 1, 2]) measured.push(await measure(context, relays));
    const rows = measured.map(({ relays, perSecond, microseconds }) => [
      String(relays),
      fixed(0)(perSecond),
      fixed(1)(microseconds),
    ]);
    const columns = ["relays", "events/s", "µs of Redis's CPU per event"];
    return { tables: [{ columns, rows }], notes: [], figures: measured };
  },
};

async function measure({ ground }: Context, relays: number) {
  const { redisUrl } = ground.backend;
  const servers = [];
  const publisher = startPublisher(ground);
  try {
    while (servers.length < relays) servers.push(await startRelay(ground, { clients: 1 }));
    let next = first + relays * events;
    const last = next + events;
    const publish = async () => {
      while (next < last) await publisher.publish(markOf(next++, process.hrtime.bigint()), library);
    };
    const before = await redisWork(redisUrl);
    const began = performance.now();
    await Promise.all(Array.from({ length: inFlight }, publish));
    const seconds = (performance.now() - began) / 1_000;
    const { cpuSeconds } = workBetween(before, await redisWork(redisUrl));
    return { relays, perSecond: events / seconds, microseconds: (cpuSeconds * 1e6) / events };
  } finally {
    publisher.close();
    for (const server of servers) await server.stop();
  }
}
