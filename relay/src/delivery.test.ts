import { issueEventTypes, type LogEntry } from "@faultline/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Client, openClient, transports } from "../test/client.ts";
import { alertEvent, type BuildingId, cellOf, entryOf, issueEvent, seed } from "../test/fixtures.ts";
import { isNamed, type Received } from "../test/inbox.ts";
import { createPublisher, type Publisher } from "../test/publisher.ts";
import { type RunningRelay, runRelay } from "../test/relay.ts";
import { newOrganization, useFirestore } from "../test/services.ts";
import { unsignedToken } from "../test/tokens.ts";

const firestore = useFirestore();
let relays: readonly RunningRelay[];
let organizationId: string;
let publisher: Publisher;
let clients: Client[];

beforeAll(async () => {
  relays = await Promise.all([runRelay({ firestore }), runRelay({ firestore })]);
});
afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.close()));
});
beforeEach(async () => {
  organizationId = newOrganization();
  publisher = createPublisher(inject("redisUrl"), organizationId);
  clients = [];
  await seed(firestore, organizationId);
});
afterEach(async () => {
  for (const client of clients) client.close();
  await publisher.close();
});

const kept = isNamed(...issueEventTypes, "maintenance:alert");
const told = ({ name, data }: Received) =>
  `${name} ${data.buildingId ?? data.campusId} ${data.version ?? "-"}`;

async function open(
  transport: (typeof transports)[number],
  rooms: readonly string[],
  { relay = relays[0], organization = organizationId } = {},
): Promise<Client> {
  const token = unsignedToken({ organizationId: organization });
  const client = await openClient(transport, relay?.url ?? "", token, rooms);
  clients.push(client);
  return client;
}

/** Publishes a last event in every building, which ends what a client is sent before it. */
async function publishMarkers(version: number): Promise<void> {
  for (const building of ["library", "museum", "pier"] as const) {
    await publisher.publish(
      entryOf(
        issueEvent(organizationId, building, { type: "issue:deleted", version }),
        cellOf(building, version, 0),
      ),
    );
  }
}

describe.each(transports)("over a %s", (transport) => {
  const markers = 99;
  const entries = (): readonly LogEntry[] => [
    ...issueEventTypes.map((type, at) =>
      entryOf(issueEvent(organizationId, "library", { type, version: at + 1 })),
    ),
    entryOf(issueEvent(organizationId, "pier")),
    entryOf(alertEvent(organizationId, "north", "museum")),
    { ...entryOf(alertEvent(organizationId, "north", null)), buildingIds: ["library", "museum"] },
  ];
  const inLibrary = issueEventTypes.map((type, at) => `${type} library ${at + 1}`);
  const alerts = ["maintenance:alert museum -", "maintenance:alert north -"];
  const inNorth = [...inLibrary, ...alerts];
  const everywhere = [...inLibrary, "issue:created pier 1", ...alerts];

  it.each<readonly [string, () => readonly string[], readonly string[]]>([
    ["an organization", () => [`org:${organizationId}`], everywhere],
    ["a campus", () => ["campus:north"], inNorth],
    ["another campus", () => ["campus:harbor"], ["issue:created pier 1"]],
    ["a building", () => ["building:library"], [...inLibrary, "maintenance:alert north -"]],
    ["a building with an alert of its own", () => ["building:museum"], alerts],
    ["a building on another campus", () => ["building:pier"], ["issue:created pier 1"]],
    ["both campuses", () => ["campus:north", "campus:harbor"], everywhere],
    [
      "overlapping rooms, each event once",
      () => ["building:library", "campus:north", `org:${organizationId}`, `heatmap:${organizationId}`],
      everywhere,
    ],
  ])("a subscriber of %s gets exactly its events, in order, from every relay", async (_, rooms, expected) => {
    const own = await Promise.all(relays.map((relay) => open(transport, rooms(), { relay })));
    const sent = entries();
    const ids = new Map<string, string>();
    for (const entry of sent) {
      const id = await publisher.publish(entry);
      ids.set(told({ name: entry.event.type, data: entry.event }), id);
    }
    await publishMarkers(markers);
    for (const { inbox } of own) {
      await inbox.first(({ data }) => data.version === markers);
      const events = inbox.received.filter(kept).filter(({ data }) => data.version !== markers);
      expect(events.map(told)).toEqual(expected);
      for (const event of events) {
        expect(event.data.id).toBe(ids.get(told(event)));
        expect(sent.map(({ event }) => event)).toContainEqual({ ...event.data, id: undefined });
        if (transport === "stream") expect(event.id).toBe(event.data.id);
      }
    }
  });

  it("a subscriber of the heat map gets nothing but heat map", async () => {
    const { inbox } = await open(transport, [`heatmap:${organizationId}`]);
    for (const entry of entries()) await publisher.publish(entry);
    await publishMarkers(markers);
    const hasPier = ({ data }: Received) =>
      data.data.cells.some((cell: { buildingId: BuildingId }) => cell.buildingId === "pier");
    await inbox.first(hasPier);
    expect(new Set(inbox.received.map(({ name }) => name))).toEqual(new Set(["heatmap:updated"]));
  });

  it("another organization gets nothing, though its rooms have the same names", async () => {
    const foreign = newOrganization();
    await seed(firestore, foreign);
    const rooms = [`org:${foreign}`, "campus:north", "building:library", `heatmap:${foreign}`];
    const { inbox } = await open(transport, rooms, { organization: foreign });
    const own = await open(transport, [`org:${organizationId}`]);
    for (const entry of entries()) await publisher.publish(entry);
    await publishMarkers(markers);
    await own.inbox.first(({ data }) => data.version === markers);

    const foreignPublisher = createPublisher(inject("redisUrl"), foreign);
    await foreignPublisher.publish(entryOf(issueEvent(foreign, "library")));
    await inbox.first(kept);
    await foreignPublisher.close();
    expect(inbox.received.filter(({ data }) => data.organizationId !== foreign)).toEqual([]);
    expect(inbox.received.filter(kept)).toHaveLength(1);
  });

  it("text of every kind arrives as it was", async () => {
    const { inbox } = await open(transport, [`org:${organizationId}`]);
    const event = issueEvent(organizationId, "library");
    const title = 'Ünïcode 🚰 "quotes" \\ 日本語 \u2028 end';
    const issue = { ...event.data.issue, title, description: "a\nb\r\nc\n\ndata: d\n\nevent: e" };
    await publisher.publish(entryOf({ ...event, data: { ...event.data, issue } }));
    const { data } = await inbox.first(kept);
    expect(data.data.issue).toEqual(issue);
  });
});
