/** A steady flow of events to clients that nothing is done to: what shows whether something done to others reached them. */
import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "@faultline/local/process";
import { openLine, transports } from "../wire/index.ts";
import { type Survivor, startSurvivor } from "../wire/survivor.ts";
import { type Backend, organizationId, tokenOf } from "./backend.ts";

export interface Flow {
  /** How many clients there are. */
  readonly clients: number;
  /** Publishes this many at once. */
  fill(count: number): Promise<void>;
  /** Ends the flow, once; gives the number of its events, and what any client missed, got twice or was otherwise troubled by. */
  stop(): Promise<{ readonly events: number; readonly problems: readonly string[] }>;
}

const everyMs = 50;

/** One client of each transport, on a relay. Resolves when both get events. */
export async function startFlow(backend: Backend, port: number): Promise<Flow> {
  const clients = transports.map((transport) =>
    startSurvivor({
      open: (request) => openLine(transport, request),
      random: Math.random,
      port,
      token: tokenOf(`healthy-${transport}`),
      rooms: [`org:${organizationId}`],
    }),
  );
  await waitUntil(() => clients.every(({ isJoined }) => isJoined), { what: "the healthy clients to join" });
  const publisher = startPublishing(backend);
  const finish = async () => {
    const events = await publisher.stop();
    const isDone = () => clients.every(({ versions }) => versions.at(-1) === events);
    await waitUntil(isDone, { what: "the last event", timeoutMs: 10_000 }).catch(() => {});
    await Promise.all(clients.map((client) => client.stop()));
    const problems = clients.flatMap((client, at) => problemsOf(client, transports[at] ?? "", events));
    return { events, problems };
  };
  let finishing: ReturnType<typeof finish> | undefined;
  return {
    clients: clients.length,
    fill: publisher.fill,
    stop() {
      finishing ??= finish();
      return finishing;
    },
  };
}

interface FlowPublisher {
  fill(count: number): Promise<void>;
  /** Gives the number of all events. */
  stop(): Promise<number>;
}

/** One event after another, at an even pace. */
function startPublishing(backend: Backend): FlowPublisher {
  const stopping = new AbortController();
  let count = 0;
  let last = Promise.resolve();
  const publish = () => {
    count += 1;
    last = last.then(async () => void (await backend.publish()));
    return last;
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await publish();
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();
  return {
    async fill(more) {
      for (let done = 0; done < more; done += 1) await publish();
    },
    async stop() {
      stopping.abort();
      await running;
      await last;
      return count;
    },
  };
}

function problemsOf(
  { versions, attempts, complaints }: Survivor,
  name: string,
  events: number,
): readonly string[] {
  const isWhole = versions.length === events && versions.every((version, at) => version === at + 1);
  return [
    ...(isWhole
      ? []
      : [`the healthy ${name} got ${versions.length} of ${events} events, not each once and in order`]),
    ...(attempts.length === 1 ? [] : [`the healthy ${name} was disconnected ${attempts.length - 1} times`]),
    ...complaints.map((complaint) => `the healthy ${name} was told ${complaint}`),
  ];
}
