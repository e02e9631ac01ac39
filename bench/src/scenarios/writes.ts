/** The API: how many requests a second, how long they take, and what Firestore would bill for them. */
import { fixed, median, milliseconds, percentile } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { cpuSeconds } from "../process.ts";
import { type Api, type ApiRequest, creation, startApi } from "../servers/api.ts";
import type { Scenario } from "./scenario.ts";
import { measureWay } from "./way.ts";

const requests = 300;
const inFlight = 8;
const pageSize = 20;

interface Kind {
  readonly what: string;
  /** The request with this number, for the issue that was created with it. */
  readonly request: (at: number, id: string) => ApiRequest;
}

interface Cost {
  readonly what: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
  readonly reads: number;
  readonly writes: number;
}

export const writes: Scenario = {
  name: "writes",
  about: `${requests} requests of each kind to one instance of the functions, ${inFlight} at a time, with Redis and the embedded Firestore; the publishing of each change is in it. Reads and writes are counted as Firestore bills them. Then reports one at a time, from sending the request to when a client of the relay has the event, and what of that is Firestore's.`,
  async run({ ground }) {
    const api = await startApi(ground);
    try {
      const ids: string[] = [];
      // The first are not counted: code is compiled, and the connection to Firestore is made.
      await measure(ground, api, { kind: create, ids: [] });
      const costs: Cost[] = [];
      for (const kind of [create, ...others]) costs.push(await measure(ground, api, { kind, ids }));
      const way = await measureWay(ground, api);
      const tables = [{ columns, rows: costs.map(rowOf) }, ...way.tables];
      return { tables, notes: way.notes, figures: { costs, way: way.figures } };
    } finally {
      await api.stop();
    }
  },
};

const create: Kind = { what: "create", request: () => creation("Tap drips") };
const post = (id: string, what: string, body: object): ApiRequest => ({
  method: "POST",
  path: `/issues/${id}/${what}`,
  body,
});
const get = (path: string): ApiRequest => ({ method: "GET", path });
const others: readonly Kind[] = [
  {
    what: "edit",
    request: (at, id) => ({ method: "PATCH", path: `/issues/${id}`, body: { title: `Tap ${at} drips` } }),
  },
  { what: "comment", request: (_at, id) => post(id, "comments", { text: "Seen." }) },
  { what: "resolve", request: (_at, id) => post(id, "resolve", {}) },
  { what: "get", request: (_at, id) => get(`/issues/${id}`) },
  { what: "history", request: (_at, id) => get(`/issues/${id}/activity`) },
  { what: `list of ${pageSize}`, request: () => get(`/issues?limit=${pageSize}`) },
  { what: "heat map", request: () => get("/heatmap") },
  { what: "stats", request: () => get("/stats") },
];

const columns = ["request", "per second", "p50 ms", "p99 ms", "CPU ms", "reads", "writes"];

function rowOf({ what, perSecond, p50, p99, cpuMs, reads, writes }: Cost): readonly string[] {
  return [
    what,
    fixed(0)(perSecond),
    milliseconds(p50),
    milliseconds(p99),
    fixed(2)(cpuMs),
    fixed(2)(reads),
    fixed(2)(writes),
  ];
}

/** `ids` are the issues' that were created, and get those that are. */
async function measure(
  { backend }: Ground,
  api: Api,
  { kind, ids }: { readonly kind: Kind; readonly ids: string[] },
): Promise<Cost> {
  const took: number[] = [];
  let next = 0;
  const send = async () => {
    while (next < requests) {
      const at = next++;
      const began = performance.now();
      const body = await api.call(kind.request(at, ids[at] ?? ""));
      took.push(performance.now() - began);
      if (kind === create) ids.push((body as { id: string }).id);
    }
  };
  const before = { ...backend.firestore.counters(), cpu: await cpuSeconds(api.pid), at: performance.now() };
  await Promise.all(Array.from({ length: inFlight }, send));
  const seconds = (performance.now() - before.at) / 1_000;
  const after = { ...backend.firestore.counters(), cpu: await cpuSeconds(api.pid) };
  return {
    what: kind.what,
    perSecond: requests / seconds,
    p50: median(took),
    p99: percentile(took, 0.99),
    cpuMs: ((after.cpu - before.cpu) * 1_000) / requests,
    reads: (after.reads - before.reads) / requests,
    writes: (after.writes - before.writes) / requests,
  };
}
