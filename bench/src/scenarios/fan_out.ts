/** One event for everybody in one room, one after another. */
import { startFloor } from "../servers/floor.ts";
import { startNchan } from "../servers/nchan.ts";
import { startRelay } from "../servers/relay.ts";
import { startSocketIo } from "../servers/socketio.ts";
import { startWs } from "../servers/ws.ts";
import { compare, takeTurns } from "../turns.ts";
import { type Start, withAll } from "./enter.ts";
import type { Context, Scenario } from "./scenario.ts";

const turnSeconds = 1.2;

export const fanOut: Scenario = {
  name: "fan-out",
  about:
    "One event at a time goes to all clients, who are in one room; the next when everybody has it. WebSocket, unbatched.",
  run: (context) =>
    compareAll(context, [
      () => startRelay(context.ground, { clients: context.options.clients }),
      () => startSocketIo(context.ground),
      () => startWs(context.ground),
      () => startNchan(context.ground, "websocket"),
      () => startFloor(context.ground),
    ]),
};

export const streams: Scenario = {
  name: "streams",
  about: "The same over Server-Sent Events.",
  run: (context) =>
    compareAll(context, [
      () => startRelay(context.ground, { clients: context.options.clients, transport: "stream" }),
      () => startNchan(context.ground, "stream"),
    ]),
};

function compareAll(context: Context, starts: readonly [Start, ...Start[]]) {
  return withAll(context, starts, async ({ contestants, absent }) => {
    const turn = (contestant: (typeof contestants)[number]) => contestant.saturate(turnSeconds);
    const found = compare(await takeTurns(contestants, context.options.rounds, turn));
    return { ...found, notes: [...found.notes, ...absent] };
  });
}
