/** Who is cut off and comes back gets what was missed, and publishers that race leave one log: through the real doors. */
import { type Activity, type FaultlineEvent, redisKeys } from "@faultline/contract";
import { signInAs } from "@faultline/local/sign-in";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createPublisher, createRedis, type Publisher } from "../functions/src/publisher/index.ts";
import { sampleHistory, sampleIssue } from "../functions/test/issue.ts";
import { type Client, openClient, type TransportName, transports } from "../relay/test/client.ts";
import { type RedisProxy, startProxy } from "../relay/test/proxy.ts";
import { type Door, openRest } from "./support/doors.ts";
import { sharedStack } from "./support/shared_stack.ts";
import type { Stack } from "./support/stack.ts";

const organizationId = "riverside";
const report = { category: "plumbing", severity: "high", title: "Tap drips", description: "" } as const;

let stack: Stack;
let rest: Door;
let token: string;
let clients: Client[] = [];

beforeAll(async () => {
  stack = await sharedStack();
  rest = openRest(stack, "admin@riverside.test");
  token = await signInAs("admin@riverside.test", stack.addresses)();
});
afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});
afterAll(async () => {
  await rest?.close();
});

async function open(
  transport: TransportName,
  url: string,
  rooms: readonly string[],
  since?: string,
): Promise<Client> {
  const client = await openClient(transport, url, token, rooms, since);
  clients.push(client);
  return client;
}

/** A way to a relay that can be cut. */
async function proxyOf(at: 0 | 1): Promise<RedisProxy> {
  const proxy = await startProxy(Number(new URL(stack.relays[at]).port));
  onTestFinished(proxy.close);
  return proxy;
}

/** The events of the log that a client was sent, in order. */
const logged = ({ inbox }: Client): readonly FaultlineEvent[] =>
  inbox.received.map(({ data }) => data as FaultlineEvent).filter(({ id }) => id !== undefined);
const toldOf = (client: Client) =>
  logged(client).map(
    (event) => `${event.type} ${"issue" in event.data ? event.data.issue.id : ""} ${event.version}`,
  );

/** Resolves once a client has the event of a type of an issue. */
const hasBeenTold = ({ inbox }: Client, type: string, id: string) =>
  inbox.first(({ name, data }) => name === type && data.data.issue.id === id, 30_000);

describe.each(transports)("a client whose %s is cut", (transport) => {
  it.each([0, 1] as const)(
    "gets on relay %i exactly what its rooms missed, then what happens",
    async (at) => {
      const [first, second] = [
        await rest.create({ ...report, buildingId: "library" }),
        await rest.create({ ...report, buildingId: "library" }),
      ];
      const proxy = await startProxy(Number(new URL(stack.relays[0]).port));
      onTestFinished(proxy.close);
      const before = await open(transport, `http://127.0.0.1:${proxy.port}`, ["building:library"]);
      await rest.update(first.id, { title: "Tap runs" });
      await hasBeenTold(before, "issue:updated", first.id);
      proxy.cut();
      const seen = toldOf(before);
      const since = logged(before).at(-1)?.id;

      await rest.comment(first.id, "It floods");
      const elsewhere = await rest.create({ ...report, buildingId: "science" });
      await rest.update(second.id, { severity: "critical" });
      await rest.resolve(first.id);
      await rest.resolve(elsewhere.id);
      await rest.delete(second.id);

      const after = await open(transport, stack.relays[at], ["building:library"], since);
      const third = await rest.create({ ...report, buildingId: "library" });
      await hasBeenTold(after, "issue:created", third.id);
      expect(seen).toEqual([`issue:updated ${first.id} 2`]);
      expect(toldOf(after)).toEqual([
        `issue:commented ${first.id} 3`,
        `issue:updated ${second.id} 2`,
        `issue:resolved ${first.id} 4`,
        `issue:deleted ${second.id} 3`,
        `issue:created ${third.id} 1`,
      ]);
      expect(after.inbox.named("sync:lost")).toEqual([]);
    },
  );

  it("again and again while issues change never lacks one and never gets one twice", async () => {
    const rooms = ["building:library"];
    const overseer = await open(transport, stack.relays[1], rooms);
    const issue = await rest.create({ ...report, buildingId: "library" });
    const created = await hasBeenTold(overseer, "issue:created", issue.id);
    const proxies = [await proxyOf(0), await proxyOf(1)] as const;
    const last = 25;
    const writing = (async () => {
      for (let version = 2; version <= last; version += 1)
        await rest.update(issue.id, { title: `Title ${version}` });
    })();
    const seen: FaultlineEvent[] = [];
    for (let round = 0; seen.at(-1)?.version !== last; round += 1) {
      const proxy = proxies[round % 2 === 0 ? 0 : 1];
      const url = `http://127.0.0.1:${proxy.port}`;
      const client = await open(transport, url, rooms, seen.at(-1)?.id ?? created.data.id);
      await client.inbox.first(({ data }) => data.id !== undefined, 30_000);
      proxy.cut();
      proxy.heal();
      seen.push(...logged(client));
      expect(client.inbox.named("sync:lost")).toEqual([]);
    }
    await writing;
    await overseer.inbox.first(({ data }) => data.version === last, 30_000);
    expect(seen.map(({ id }) => id)).toEqual(
      logged(overseer)
        .slice(1)
        .map(({ id }) => id),
    );
  });
});

describe("publishers that race", () => {
  let redis: Redis;
  const publishers: Publisher[] = [];
  beforeAll(() => {
    redis = new Redis(stack.redisUrl);
  });
  afterAll(() => {
    for (const publisher of publishers) publisher.close();
    redis?.disconnect();
  });

  function publisherOf(history: readonly Activity[]): Publisher {
    const publisher = createPublisher({
      redis: createRedis({ url: stack.redisUrl }),
      history: {
        between: async (_organizationId, _issueId, { after, before }) =>
          history.filter(({ version }) => version > after && version < before),
      },
      retention: { entries: 5_000, seconds: 3_600 },
      connectTimeoutMs: 2_000,
    });
    publishers.push(publisher);
    return publisher;
  }

  it("with the same changes, late, repeated and in any order, are seen once and in order, on every relay", async () => {
    const issue = sampleIssue({ organizationId, id: `race-${Date.now()}`, buildingId: "library" });
    const history = sampleHistory(issue, 30);
    const watching = await Promise.all(
      transports.flatMap((transport) =>
        stack.relays.map((relay) => open(transport, relay, ["building:library"])),
      ),
    );
    const racing = [publisherOf(history), publisherOf(history)];
    const publish = (version: number, at: number) => {
      const activity = history[version - 1];
      if (!activity) throw new Error(`no version ${version}`);
      return racing[at % 2]?.publishChange({ organizationId, activity, cells: [] });
    };
    // 7 and 30 have no common divisor: every version comes twice, none after the one before it.
    const order = Array.from({ length: 60 }, (_, at) => 1 + ((at * 7) % 30));
    await Promise.all(order.map((version, at) => publish(version, at)));
    await publish(3, 0);

    const versions = history.map(({ version }) => version);
    for (const client of watching) {
      await client.inbox.first(
        ({ data }) => data.data?.issue?.id === issue.id && data.version === history.length,
        30_000,
      );
      const own = logged(client).filter(({ data }) => "issue" in data && data.issue.id === issue.id);
      expect(own.map(({ version }) => version)).toEqual(versions);
    }
    const stored = await redis.xrange(redisKeys.log(organizationId), "-", "+");
    const entries = stored.map(([, fields]) => JSON.parse(fields[1] ?? "").event as FaultlineEvent);
    const inLog = entries.filter(({ data }) => "issue" in data && data.issue.id === issue.id);
    expect(inLog.map(({ version }) => version)).toEqual(versions);
  });
});
