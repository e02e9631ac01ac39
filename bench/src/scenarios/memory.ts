/** What a connection costs in memory, the server's share. */
import { setTimeout as delay } from "node:timers/promises";
import { Contestant } from "../contestant.ts";
import { library } from "../event.ts";
import { fixed } from "../figures.ts";
import { residentBytes } from "../process.ts";
import { startNchan } from "../servers/nchan.ts";
import { startRelay } from "../servers/relay.ts";
import type { Server } from "../servers/server.ts";
import { startSocketIo } from "../servers/socketio.ts";
import type { Context, Scenario } from "./scenario.ts";

const twoRooms = [`org:${library.organizationId}`, `building:${library.buildingId}`] as const;

/** How long the kernel may take to get back what was freed: V8 gives it on another thread. */
const settleMs = 1_000;

export const memory: Scenario = {
  name: "memory",
  about:
    "Resident memory per connection: what the second half of the clients adds to what the server holds with the first, after garbage collection and without the young generation. Our clients are authenticated and in two rooms, Socket.IO's are in one.",
  async run(context) {
    const { ground, options } = context;
    const ours = (transport: "socket" | "stream") =>
      startRelay(ground, { clients: options.clients, transport, rooms: twoRooms });
    const starts = [
      () => ours("socket"),
      () => startSocketIo(ground),
      () => ours("stream"),
      () => startNchan(ground, "websocket"),
      () => startNchan(ground, "stream"),
    ];
    const rows: string[][] = [];
    const notes: string[] = [];
    const figures: { name: string; bytes: number }[] = [];
    for (const start of starts) {
      const found = await start()
        .then((server) => weigh(context, server))
        .catch((error: unknown) => void notes.push(`Left out: ${error}`));
      if (!found) continue;
      rows.push([found.name, fixed(1)(found.bytes / 1_024)]);
      figures.push(found);
    }
    return { tables: [{ columns: ["server", "KiB per connection"], rows }], notes, figures };
  },
};

async function weigh({ ground, options, log }: Context, server: Server) {
  const contestant = await Contestant.enter(ground, server);
  try {
    const half = Math.floor(options.clients / 2);
    await contestant.connect({ count: half });
    const before = await held(server);
    await contestant.connect({ count: 2 * half });
    const bytes = ((await held(server)) - before) / half;
    log(`${server.name}: ${fixed(1)(bytes / 1_024)} KiB`);
    return { name: server.name, bytes };
  } finally {
    await contestant.leave();
  }
}

/** Resident bytes without the young generation: its size is chance, and 30 MB of it are 6 KB for each of 5,000 clients. */
async function held({ collectGarbage, pids }: Server): Promise<number> {
  const young = (await collectGarbage?.()) ?? 0;
  await delay(settleMs);
  const all = await Promise.all(pids.map(residentBytes));
  return all.reduce((sum, one) => sum + one, 0) - young;
}
