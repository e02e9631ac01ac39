/** Two organizations with the same campuses and buildings, and an admin of the one who tries to reach the other. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from "vitest";
import type { Client } from "../client.ts";
import { cellOf, entryOf, issueEvent, seed } from "../fixtures.ts";
import type { Received } from "../inbox.ts";
import { createPublisher, type Publisher } from "../publisher.ts";
import { type RunningRelay, runRelay } from "../relay.ts";
import { newOrganization, useFirestore } from "../services.ts";
import { openSocket, type SocketClient } from "../socket.ts";
import { unsignedToken } from "../tokens.ts";
import { doors } from "./doors.ts";

/** An organization and one of its people. */
export interface Rival {
  readonly organizationId: string;
  readonly uid: string;
  readonly token: string;
  readonly publisher: Publisher;
}

export interface Rivals {
  readonly url: string;
  readonly attacker: Rival;
  readonly victim: Rival;
  /** A socket of the attacker's. */
  attack(): Promise<SocketClient>;
  /** Somebody of the organization at every door that has its room. */
  watchEverywhere(rival: Rival): Promise<readonly Client[]>;
  /** Closes the client when the test is over. */
  keep<C extends Client>(client: C): C;
}

/** Anew for every test of the file, on one relay. */
export function useRivals(): Rivals {
  const firestore = useFirestore();
  let relay: RunningRelay;
  let current: Readonly<Record<"attacker" | "victim", Rival>>;
  let opened: Client[];
  beforeAll(async () => {
    relay = await runRelay({ firestore });
  });
  afterAll(() => relay.close());
  beforeEach(async () => {
    opened = [];
    current = { attacker: newRival("admin"), victim: newRival("viewer") };
    await Promise.all(Object.values(current).map(({ organizationId }) => seed(firestore, organizationId)));
  });
  afterEach(async () => {
    for (const client of opened) client.close();
    await Promise.all(Object.values(current).map(({ publisher }) => publisher.close()));
  });
  const keep = <C extends Client>(client: C) => {
    opened.push(client);
    return client;
  };
  return {
    get url() {
      return relay.url;
    },
    get attacker() {
      return current.attacker;
    },
    get victim() {
      return current.victim;
    },
    keep,
    attack: async () => keep(await openSocket(relay.url, current.attacker.token)),
    async watchEverywhere({ organizationId, token }) {
      const able = doors.filter(({ kinds }) => kinds.includes("org"));
      const rooms = [`org:${organizationId}`, "campus:north"];
      return Promise.all(able.map(async (door) => keep(await door.open(relay.url, token, rooms))));
    },
  };
}

function newRival(role: "admin" | "viewer"): Rival {
  const organizationId = newOrganization();
  const uid = randomUUID();
  const token = unsignedToken({ uid, organizationId, role });
  return { organizationId, uid, token, publisher: createPublisher(inject("redisUrl"), organizationId) };
}

/** The version of an organization's last event and cell, and the cell's issues. */
const last = 99;

export function isLast({ data }: Received): boolean {
  const stats = data.stats ?? data.data?.stats;
  return stats?.total === last || JSON.stringify(data).includes(`"version":${last}`);
}

/** The last of an organization: what its log, its heat map and its stats end with. */
export async function publishLast({ organizationId, publisher }: Rival): Promise<void> {
  const event = issueEvent(organizationId, "library", { version: last });
  await publisher.publish(entryOf(event, cellOf("library", last, last)));
}

const relaysOwn = [
  "sync:lost",
  "session:closed",
  "session:expiring",
  "relay:stale",
  "relay:fresh",
  "relay:draining",
];

/** None of an organization's clients is told of anything but what it ends with: known by that end, never by waiting. */
export async function expectOnlyLast(rival: Rival, clients: readonly Client[]): Promise<void> {
  await publishLast(rival);
  for (const { inbox } of clients) {
    await inbox.first(isLast);
    const told = inbox.received.filter(
      ({ name }) => /^(issue|maintenance):/.test(name) || relaysOwn.includes(name),
    );
    expect(told.filter((message) => !isLast(message))).toEqual([]);
  }
}

/** Nothing that the clients were told names the organization. */
export function expectNothingOf({ organizationId }: Rival, clients: readonly Client[]): void {
  for (const { inbox } of clients) expect(JSON.stringify(inbox.received)).not.toContain(organizationId);
}
