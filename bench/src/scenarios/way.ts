/** The whole way of a change: from the request to a client elsewhere. */
import { Contestant } from "../contestant.ts";
import { median, milliseconds, percent, percentile } from "../figures.ts";
import type { Ground } from "../ground.ts";
import type { Findings } from "../results/findings.ts";
import { type Api, creation, type TransactionTime } from "../servers/api.ts";
import { startRelay } from "../servers/relay.ts";
import type { Server } from "../servers/server.ts";

const reports = 300;
const apartMs = 5;

/** Reports an issue, waits until a client of a relay has its event, and reports the next. */
export async function measureWay(ground: Ground, api: Api): Promise<Findings> {
  const relay = await startRelay(ground, { clients: 1 });
  const reported: Server = {
    ...relay,
    name: "the whole way",
    publish: async (mark) => void (await api.call(creation(mark))),
  };
  const contestant = await Contestant.enter(ground, reported);
  try {
    await contestant.connect({ count: 1 });
    // The first time code is compiled.
    await contestant.singly(reports / 3, 0);
    api.transactions();
    const { latency, faults } = await contestant.singly(reports, apartMs);
    const transactions = api.transactions();
    const part = (of: (time: TransactionTime) => number) => {
      const all = transactions.map(of);
      return { p50: median(all), p99: percentile(all, 0.99) };
    };
    const parts = [
      { what: "from sending the request to the event's receipt", ...latency },
      { what: "of that Firestore's transaction", ...part(({ whole }) => whole) },
      { what: "of that its commit", ...part(({ commit }) => commit) },
    ];
    const rows = parts.map(({ what, p50, p99 }) => [
      what,
      milliseconds(p50),
      milliseconds(p99),
      percent(p50 / latency.p50),
    ]);
    const notes = faults > 0 ? [`${faults} deliveries lost, repeated or out of order.`] : [];
    return {
      tables: [{ columns: ["one report", "p50 ms", "p99 ms", "of it"], rows }],
      notes,
      figures: parts,
    };
  } finally {
    await contestant.leave();
  }
}
