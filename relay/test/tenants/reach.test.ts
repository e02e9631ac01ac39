/** Whoever got into a room is sent what happens in it and nothing else, through every door and with every scope. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Client } from "../client.ts";
import { alertEvent, type BuildingId, buildings, cellOf, entryOf, issueEvent, seed } from "../fixtures.ts";
import type { Received } from "../inbox.ts";
import { createPublisher } from "../publisher.ts";
import { type RunningRelay, runRelay } from "../relay.ts";
import { newOrganization, useFirestore } from "../services.ts";
import { type TokenOptions, unsignedToken } from "../tokens.ts";
import { type Door, doors } from "./doors.ts";

const firestore = useFirestore();
let relay: RunningRelay;
beforeAll(async () => {
  relay = await runRelay({ firestore });
});
afterAll(() => relay.close());

const houses = Object.keys(buildings) as BuildingId[];
const inNorth = ["library", "museum"] as const;

/** The rooms of each scope, and the buildings that each is about. */
const rooms = (organizationId: string) =>
  ({
    org: { name: `org:${organizationId}`, about: houses, scope: {} },
    heatmap: { name: `heatmap:${organizationId}`, about: houses, scope: {} },
    "campus, unscoped": { name: "campus:north", about: inNorth, scope: {} },
    campus: { name: "campus:north", about: inNorth, scope: { campusIds: ["north"] } },
    "another campus": { name: "campus:harbor", about: ["pier"], scope: { campusIds: ["harbor"] } },
    "building of the campus": {
      name: "building:library",
      about: ["library"],
      scope: { campusIds: ["north"] },
    },
    building: { name: "building:pier", about: ["pier"], scope: { buildingIds: ["pier"] } },
    "building, of both": {
      name: "building:museum",
      about: ["museum"],
      scope: { campusIds: ["harbor"], buildingIds: ["museum"] },
    },
  }) as const satisfies Record<string, { name: string; about: readonly BuildingId[]; scope: TokenOptions }>;
type RoomName = keyof ReturnType<typeof rooms>;

interface Watcher {
  readonly door: Door;
  readonly room: ReturnType<typeof rooms>[RoomName];
  readonly client: Client;
}

/** Each building's last event has this version, and its cell as many issues. */
const last = 99;

/** The buildings and versions that a message tells of. */
function toldOf({ data }: Received): readonly (readonly [string, number])[] {
  const cells: readonly { buildingId: string; version: number }[] = data.cells ?? data.data?.cells ?? [];
  if (data.type?.startsWith("issue:")) return [[data.buildingId, data.version]];
  return cells.map(({ buildingId, version }) => [buildingId, version]);
}

const statsOf = ({ data }: Received) => (data.stats ? data : data.data?.stats && data.data);
const isStats = ({ door }: Watcher) => door.name.startsWith("stats");

/** Waits for the last of what the watcher must be sent. */
async function untilLast(watcher: Watcher): Promise<void> {
  const { room, client } = watcher;
  if (isStats(watcher)) {
    const total = last * room.about.length;
    await client.inbox.first((message) => statsOf(message)?.stats.total === total);
    return;
  }
  for (const house of room.about) {
    const isLast = ([id, version]: readonly [string, number]) => id === house && version === last;
    await client.inbox.first((message) => toldOf(message).some(isLast));
  }
}

/** All the places that somebody was told of. */
function placesIn(received: readonly Received[]) {
  return {
    buildings: new Set(received.flatMap(toldOf).map(([id]) => id)),
    campuses: new Set(received.flatMap(({ data }) => data.campusId ?? [])),
    scopes: new Set(received.flatMap((message) => statsOf(message)?.scope ?? [])),
  };
}

/** Two rounds of an event and a cell in each building, and an alert in each campus. */
async function publishAll(organizationId: string): Promise<void> {
  const publisher = createPublisher(inject("redisUrl"), organizationId);
  for (const version of [1, last]) {
    for (const house of houses) {
      const event = issueEvent(organizationId, house, { version });
      await publisher.publish(entryOf(event, cellOf(house, version, version)));
    }
    await publisher.publish(entryOf(alertEvent(organizationId, "north", null)));
    await publisher.publish(entryOf(alertEvent(organizationId, "harbor", "pier")));
  }
  await publisher.close();
}

describe.each(Object.keys(rooms("")) as RoomName[])("in the room of the %s", (name) => {
  it("one is told of its buildings and of no others, whichever door one came by", async () => {
    const organizationId = newOrganization();
    await seed(firestore, organizationId);
    const room = rooms(organizationId)[name];
    const enter = async (door: Door): Promise<Watcher> => {
      const token = unsignedToken({ uid: randomUUID(), organizationId, role: "viewer", ...room.scope });
      return { door, room, client: await door.open(relay.url, token, [room.name]) };
    };
    const [kind = ""] = room.name.split(":");
    const able = doors.filter(({ kinds }) => kinds.some((known) => known === kind));
    const watchers = await Promise.all(able.map(enter));
    await publishAll(organizationId);
    for (const watcher of watchers) {
      await untilLast(watcher);
      const told = placesIn(watcher.client.inbox.received);
      const campuses = new Set<string>(room.about.map((house) => buildings[house]));
      expect(told.buildings, watcher.door.name).toEqual(new Set(isStats(watcher) ? [] : room.about));
      expect(
        [...told.campuses].filter((campus) => !campuses.has(campus)),
        watcher.door.name,
      ).toEqual([]);
      expect(
        [...told.scopes].filter((scope) => scope !== room.name),
        watcher.door.name,
      ).toEqual([]);
      watcher.client.close();
    }
  });
});
