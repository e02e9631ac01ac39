/** Everything that takes part in a run: Redis, Firestore, relays, publishers, clients and those who write. */
import { startFirestore } from "@faultline/local/firestore";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { type Firestore, getFirestore } from "firebase-admin/firestore";
import type { Random } from "../support/random.ts";
import { type Client, startClient } from "./client.ts";
import type { World } from "./faults.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { organizations, roomsFor, seedOrganizations } from "./organization.ts";
import { createUnit, projectId, type Unit } from "./processes.ts";
import type { Meddler } from "./proxy.ts";
import { startPublishers } from "./publishers.ts";
import { startRedisPair } from "./redis.ts";
import { type Sweeper, startSweeper } from "./sweeper.ts";
import { deliverTriggers } from "./triggers.ts";
import { type Chronicle, createFetcher, keepChronicle } from "./truth.ts";
import { startWriters, type Writers } from "./writers.ts";

export interface SettingOptions {
  readonly random: Random;
  /** Remembers how to end what was started. */
  readonly onStop: (end: () => Promise<unknown>) => void;
  /** Default 3. */
  readonly relays?: number;
  /** Function instances. Default 3. */
  readonly publishers?: number;
  /** Half of them over Socket.IO, half over streams. Default 48. */
  readonly clients?: number;
  /** Default 9. */
  readonly writers?: number;
  /** Of all writers together. Default 25. */
  readonly writesPerSecond?: number;
  /** Breaks what comes back on each connection of a client; the even ones are in all rooms. Default: nothing does. */
  readonly meddlerOf?: (client: number) => (() => Meddler) | undefined;
}

export interface Setting {
  readonly world: World;
  readonly ledger: Ledger;
  readonly writers: Writers;
  readonly sweeper: Sweeper;
  readonly chronicle: Chronicle;
}

/** A log this short is outrun by clients that stay away for long. */
const logEntries = "300";

export async function startSetting(options: SettingOptions): Promise<Setting> {
  const { random, onStop } = options;
  process.env.METADATA_SERVER_DETECTION = "none";
  const redis = await startRedisPair();
  onStop(() => redis.stop());
  const embedded = await startFirestore({ projectId });
  onStop(() => embedded.stop());
  const environment = { FIRESTORE_EMULATOR_HOST: embedded.address, FAULTLINE_LOG_ENTRIES: logEntries };
  const firestore = openFirestore(embedded.address, onStop);
  await seedOrganizations(firestore);
  const chronicle = keepChronicle(embedded, firestore);
  const { publishers: count = 3 } = options;
  const publishers = await startPublishers({ count, redisPort: redis.port, environment });
  onStop(publishers.close);
  const relays = await startRelays(options, redis.port, environment);
  const triggers = deliverTriggers({ firestore: embedded, publishers, random: random.fork("triggers") });
  onStop(async () => triggers.stop());
  const sweeper = startSweeper({
    publishers,
    firestore,
    redisPort: redis.port,
    random: random.fork("sweeper"),
  });
  onStop(sweeper.stop);
  const ledger = createLedger();
  const clients = await startClients(options, { relays, firestore, ledger });
  const { writers: writerCount = 9, writesPerSecond = 25 } = options;
  const writers = startWriters({
    count: writerCount,
    publishers,
    firestore,
    random: random.fork("writers"),
    writesPerSecond,
  });
  onStop(writers.stop);
  return { world: { redis, relays, publishers, clients, triggers }, ledger, writers, sweeper, chronicle };
}

/** The embedded one, which is reached as the official emulator is. */
function openFirestore(address: string, onStop: SettingOptions["onStop"]): Firestore {
  process.env.FIRESTORE_EMULATOR_HOST = address;
  const app = initializeApp({ projectId }, `chaos-${address}`);
  onStop(() => deleteApp(app));
  return getFirestore(app);
}

async function startRelays(
  { relays: count = 3, onStop }: SettingOptions,
  redisPort: () => number,
  environment: Readonly<Record<string, string>>,
): Promise<readonly Unit[]> {
  const relays: Unit[] = [];
  for (let index = 0; index < count; index += 1) {
    const relay = await createUnit({
      name: `relay ${index}`,
      script: "relay/lib/main.js",
      healthPath: "/healthz",
      redisPort,
      environment: { LOG_LEVEL: "warn", ...environment },
    });
    onStop(() => relay.close());
    relays.push(relay);
  }
  await Promise.all(relays.map((relay) => relay.start()));
  return relays;
}

interface Surroundings {
  readonly relays: readonly Unit[];
  readonly firestore: Firestore;
  readonly ledger: Ledger;
}

async function startClients(
  { clients: count = 48, random, onStop, meddlerOf }: SettingOptions,
  { relays, firestore, ledger }: Surroundings,
): Promise<readonly Client[]> {
  const fetchShown = createFetcher(firestore);
  const relayPorts = () => relays.map(({ port }) => port);
  const clients: Client[] = [];
  for (let index = 0; index < count; index += 1) {
    const own = random.fork(`clients/${index}`);
    const organizationId = organizations[index % organizations.length] ?? organizations[0];
    const rooms = roomsFor(organizationId, own);
    const client = await startClient({
      name: `client-${index}`,
      transport: index % 4 < 2 ? "ws" : "sse",
      organizationId,
      rooms,
      relayPorts,
      fetch: () => fetchShown(organizationId, rooms),
      ledger,
      random: own,
      meddler: meddlerOf?.(index),
    });
    onStop(() => client.stop());
    clients.push(client);
  }
  return clients;
}
