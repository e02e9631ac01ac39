/** Whether a large room's events hold up those of a small one. */
import { setTimeout as delay } from "node:timers/promises";
import { Contestant } from "../contestant.ts";
import { library, pier } from "../event.ts";
import { milliseconds } from "../figures.ts";
import { startRelay } from "../servers/relay.ts";
import { enter } from "./enter.ts";
import type { Scenario } from "./scenario.ts";

const smallRoom = 10;
const events = 40;

export const smallRoomScenario: Scenario = {
  name: "small-room",
  about: `A room of ${smallRoom} hears of its own building while events for the large room, which has everybody else, are being sent one after another.`,
  async run(context) {
    const { ground, options } = context;
    const relay = await startRelay(ground, {
      clients: options.clients + smallRoom,
      rooms: [`building:${library.buildingId}`],
    });
    const large = await enter(context, async () => relay);
    try {
      const beside = relay.beside([`building:${pier.buildingId}`], pier);
      const small = await Contestant.enter(ground, beside);
      try {
        await small.connect({ count: smallRoom });
        const alone = await small.singly(events, 20);
        const { sweeping, meanwhile } = await duringSweeps(large, small);
        const rows = [
          ["nothing else happens", alone],
          ["a sweep is always running", meanwhile],
        ] as const;
        return {
          tables: [
            {
              columns: ["while", "p50 ms", "p99 ms"],
              rows: rows.map(([what, { latency }]) => [
                what,
                milliseconds(latency.p50),
                milliseconds(latency.p99),
              ]),
            },
          ],
          notes: [
            `The large room has ${options.clients} clients; an event takes ${milliseconds(sweeping.completion.p50)} ms to reach all of them.`,
          ],
          figures: { alone, meanwhile, sweeping },
        };
      } finally {
        await small.leave();
      }
    } finally {
      await large.leave();
    }
  },
};

async function duringSweeps(large: Contestant, small: Contestant) {
  let isOver = false;
  const sweeping = large.saturateWhile(() => !isOver);
  const meanwhile = await (async () => {
    await delay(50);
    return small.singly(events, 37);
  })().finally(() => {
    isOver = true;
  });
  return { sweeping: await sweeping, meanwhile };
}
