/** The API: how many requests a second, how long they take, and what Firestore would bill for them. */
import { library } from "../event.ts";
import { fixed, median, milliseconds } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { cpuSeconds } from "../process.ts";
import { type Api, startApi } from "../servers/api.ts";
import { tokenIn } from "../users.ts";
import type { Scenario } from "./scenario.ts";

const requests = 300;
const inFlight = 8;
const pageSize = 20;

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
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
  about: `${requests} requests of each kind to one instance of the functions, ${inFlight} at a time, with Redis and the embedded Firestore; the publishing of each change is in it. Reads and writes are counted as Firestore bills them.`,
  async run({ ground }) {
    const api = await startApi(ground);
    try {
      const ids: string[] = [];
      const create = { method: "POST", path: "/issues", body: report };
      const kinds: readonly (readonly [string, (at: number) => Request])[] = [
        ["create", () => create],
        [
          "edit",
          (at) => ({ method: "PATCH", path: `/issues/${ids[at]}`, body: { title: `Tap ${at} drips` } }),
        ],
        [
          "comment",
          (at) => ({ method: "POST", path: `/issues/${ids[at]}/comments`, body: { text: "Seen." } }),
        ],
        ["resolve", (at) => ({ method: "POST", path: `/issues/${ids[at]}/resolve`, body: {} })],
        ["get", (at) => ({ method: "GET", path: `/issues/${ids[at]}` })],
        [`list of ${pageSize}`, () => ({ method: "GET", path: `/issues?limit=${pageSize}` })],
      ];
      // The first are not counted: code is compiled, and the connection to Firestore is made.
      await measure(
        ground,
        api,
        "warm-up",
        () => create,
        () => {},
      );
      const costs: Cost[] = [];
      for (const [what, request] of kinds) {
        const keep = (body: unknown) => what === "create" && ids.push((body as { id: string }).id);
        costs.push(await measure(ground, api, what, request, keep));
      }
      return { tables: [{ columns, rows: costs.map(rowOf) }], notes: [], figures: costs };
    } finally {
      await api.stop();
    }
  },
};

const report = { buildingId: library.buildingId, title: "Tap drips", category: "plumbing", severity: "high" };
const token = tokenIn({ role: "manager" }, "bench-manager");
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

async function measure(
  { backend }: Ground,
  api: Api,
  what: string,
  requestAt: (at: number) => Request,
  keep: (body: unknown) => void,
): Promise<Cost> {
  const took: number[] = [];
  let next = 0;
  const send = async () => {
    while (next < requests) {
      const began = performance.now();
      keep(await call(api, requestAt(next++)));
      took.push(performance.now() - began);
    }
  };
  const before = { ...backend.firestore.counters(), cpu: await cpuSeconds(api.pid), at: performance.now() };
  await Promise.all(Array.from({ length: inFlight }, send));
  const seconds = (performance.now() - before.at) / 1_000;
  const after = { ...backend.firestore.counters(), cpu: await cpuSeconds(api.pid) };
  took.sort((a, b) => a - b);
  return {
    what,
    perSecond: requests / seconds,
    p50: median(took),
    p99: took[Math.floor(took.length * 0.99)] ?? Number.NaN,
    cpuMs: ((after.cpu - before.cpu) * 1_000) / requests,
    reads: (after.reads - before.reads) / requests,
    writes: (after.writes - before.writes) / requests,
  };
}

async function call({ url }: Api, { method, path, body }: Request): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
