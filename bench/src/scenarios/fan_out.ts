/** One event for everybody in one room, one after another. */
import { Contestant } from "../contestant.ts";
import { startRelay } from "../servers/relay.ts";
import type { Server } from "../servers/server.ts";
import { startSocketIo } from "../servers/socketio.ts";
import { startWs } from "../servers/ws.ts";
import { compare, takeTurns } from "../turns.ts";
import type { Context, Scenario } from "./scenario.ts";

const turnSeconds = 1.2;

export const fanOut: Scenario = {
  name: "fan-out",
  about:
    "One event at a time goes to all clients, who are in one room; the next when everybody has it. WebSocket, unbatched.",
  async run({ ground, options, log }) {
    const { clients, rounds } = options;
    const starts = [
      () => startRelay(ground, { clients }),
      () => startSocketIo(ground),
      () => startWs(ground),
    ];
    const contestants: Contestant[] = [];
    try {
      for (const start of starts) contestants.push(await enter({ ground, options, log }, await start()));
      return compare(await takeTurns(contestants, rounds, (contestant) => contestant.saturate(turnSeconds)));
    } finally {
      for (const contestant of contestants) await contestant.leave();
    }
  },
};

/** A server with all its clients connected; one that refuses some is stopped. */
export async function enter({ ground, options, log }: Context, server: Server): Promise<Contestant> {
  const contestant = await Contestant.enter(ground, server);
  try {
    const { seconds } = await contestant.connect({ count: options.clients });
    log(`${server.name}: ${options.clients} clients in ${seconds.toFixed(1)} s`);
    return contestant;
  } catch (error) {
    await contestant.leave();
    throw error;
  }
}
