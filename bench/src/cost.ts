/** What a relay spends on an event, when many come one after another. */
import { setTimeout as delay } from "node:timers/promises";
import { markOf } from "./event.ts";
import type { Ground } from "./ground.ts";
import { cpuSeconds } from "./process.ts";
import { type EventPublisher, startPublisher } from "./servers/relay.ts";
import type { Server } from "./servers/server.ts";

const events = 2_000;
const inFlight = 16;
const idleMs = 1_000;
/** Larger than any number of a contestant's event. */
let nextNumber = 3_000_000_000;

export type Happening = (publisher: EventPublisher, mark: string) => Promise<void>;

/** In microseconds of a relay's CPU, without what it spends on the same time when nothing happens. */
export async function relayCost(ground: Ground, relay: Server, happening: Happening): Promise<number> {
  const publisher = startPublisher(ground);
  const end = nextNumber + events;
  const publish = async () => {
    while (nextNumber < end) await happening(publisher, markOf(nextNumber++, process.hrtime.bigint()));
  };
  try {
    const idle = await spending(relay, () => delay(idleMs));
    const busy = await spending(relay, () => Promise.all(Array.from({ length: inFlight }, publish)));
    return ((busy.cpuSeconds - (idle.cpuSeconds / idle.seconds) * busy.seconds) * 1e6) / events;
  } finally {
    publisher.close();
  }
}

async function spending({ pids }: Server, act: () => Promise<unknown>) {
  const spent = async () => (await Promise.all(pids.map(cpuSeconds))).reduce((sum, one) => sum + one, 0);
  const [before, began] = [await spent(), performance.now()];
  await act();
  return { cpuSeconds: (await spent()) - before, seconds: (performance.now() - began) / 1_000 };
}
