/** How long an event takes from the publisher's call to its receipt, while nothing else happens. */
import { Contestant } from "../contestant.ts";
import { milliseconds } from "../figures.ts";
import { startRelay } from "../servers/relay.ts";
import type { Server } from "../servers/server.ts";
import { startSocketIo } from "../servers/socketio.ts";
import type { Scenario } from "./scenario.ts";

/** How many clients there are, how many events they get, and how far apart these are. */
const crowds = [
  { clients: 1, events: 400, apartMs: 10 },
  { clients: 2_500, events: 20, apartMs: 200 },
] as const;

interface Entry {
  readonly clients: number;
  readonly start: () => Promise<Server>;
}

export const latency: Scenario = {
  name: "latency",
  about:
    "From the publisher's call (append to the log and push; for Socket.IO push alone) to the client's receipt, one event at a time.",
  async run({ ground }) {
    const rows: string[][] = [];
    const figures: unknown[] = [];
    for (const { clients, events, apartMs } of crowds) {
      const entries: readonly Entry[] = [
        { clients, start: () => startRelay(ground, { clients }) },
        { clients, start: () => startSocketIo(ground) },
      ];
      for (const { start } of entries) {
        const contestant = await Contestant.enter(ground, await start());
        try {
          await contestant.connect({ count: clients });
          await contestant.saturate(0.5);
          const { latency, completion } = await contestant.singly(events, apartMs);
          const { name } = contestant.server;
          figures.push({ name, clients, latency, completion });
          rows.push([
            name,
            String(clients),
            milliseconds(latency.p50),
            milliseconds(latency.p99),
            milliseconds(completion.p50),
          ]);
        } finally {
          await contestant.leave();
        }
      }
    }
    const columns = ["server", "clients", "p50 ms", "p99 ms", "last client p50 ms"];
    return { tables: [{ columns, rows }], notes: [], figures };
  },
};
