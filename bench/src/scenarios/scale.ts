/** Whether the cost of an event follows those who get it, not those who are there. */
import { setTimeout as delay } from "node:timers/promises";
import { Contestant } from "../contestant.ts";
import { library, markOf, type Place } from "../event.ts";
import { fixed } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { cpuSeconds } from "../process.ts";
import { type RelayServer, startPublisher, startRelay } from "../servers/relay.ts";
import { writeUsersOf } from "../users.ts";
import type { Scenario } from "./scenario.ts";

const organizations = 1_000;
const clientsEach = 10;
const events = 2_000;
const inFlight = 16;
const idleMs = 1_000;
/** Larger than any number of a contestant's event. */
let nextNumber = 3_000_000_000;

export const scale: Scenario = {
  name: "scale",
  about: `The relay's CPU for an event that ${clientsEach} clients get, alone and beside ${organizations - 1} other organizations with ${clientsEach} clients each; and for one of an organization that nobody here watches.`,
  async run({ ground }) {
    const ids = Array.from({ length: organizations }, (_, number) => `bench-${number}`);
    const measured: Cost[] = [];
    for (const some of [ids.slice(0, 1), ids]) measured.push(...(await measure(ground, some)));
    const rows = measured.map(({ what, microseconds }) => [what, fixed(1)(microseconds)]);
    return { tables: [{ columns: ["with", "µs of CPU per event"], rows }], notes: [], figures: measured };
  },
};

interface Cost {
  readonly what: string;
  readonly microseconds: number;
}

async function measure(ground: Ground, some: readonly string[]): Promise<readonly Cost[]> {
  const clients = some.length * clientsEach;
  const relay = await startRelay(ground, { clients, users: await writeUsersOf(ground.folder, some) });
  const watched = { ...library, organizationId: some[0] ?? "" };
  const nobodys = { ...library, organizationId: "bench-nobody" };
  const everybody = await Contestant.enter(ground, relay);
  const cost = (place: Place, count: number) => {
    const from = nextNumber;
    nextNumber += count;
    return costOf(ground, relay, { place, count, from });
  };
  try {
    await everybody.connect({ count: clients });
    const what = `${some.length} organizations, ${clients} clients`;
    // The first time code is compiled.
    for (const place of [watched, nobodys, watched]) await cost(place, events);
    return [
      { what: `${what}: an event for ${clientsEach}`, microseconds: await cost(watched, events) },
      { what: `${what}: one that nobody watches`, microseconds: await cost(nobodys, events) },
    ];
  } finally {
    await everybody.leave();
  }
}

/** In microseconds of a relay's CPU, without what it spends on the same time when nothing happens. */
async function costOf(
  ground: Ground,
  relay: RelayServer,
  { place, count, from }: Happening,
): Promise<number> {
  const publisher = startPublisher(ground);
  let next = from;
  const publish = async () => {
    while (next < from + count) await publisher.publish(markOf(next++, process.hrtime.bigint()), place);
  };
  try {
    const idle = await spending(relay, () => delay(idleMs));
    const busy = await spending(relay, () => Promise.all(Array.from({ length: inFlight }, publish)));
    return ((busy.cpuSeconds - (idle.cpuSeconds / idle.seconds) * busy.seconds) * 1e6) / count;
  } finally {
    publisher.close();
  }
}

async function spending({ pids }: RelayServer, act: () => Promise<unknown>) {
  const spent = async () => (await Promise.all(pids.map(cpuSeconds))).reduce((sum, one) => sum + one, 0);
  const [before, began] = [await spent(), performance.now()];
  await act();
  return { cpuSeconds: (await spent()) - before, seconds: (performance.now() - began) / 1_000 };
}

interface Happening {
  readonly place: Place;
  readonly count: number;
  /** The number of the first event. */
  readonly from: number;
}
