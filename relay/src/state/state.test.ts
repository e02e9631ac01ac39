import { type HeatCell, paths, sumCells, toDocument } from "@faultline/contract";
import { Timestamp } from "firebase-admin/firestore";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Client, openClient, transports } from "../../test/client.ts";
import { ManualClock } from "../../test/clock.ts";
import { type BuildingId, cellOf, entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { type Inbox, isNamed, type Received } from "../../test/inbox.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const clock = new ManualClock();
const intervalMs = 250;
let relay: RunningRelay;
let organizationId: string;
let publisher: Publisher;
let clients: Client[];

const cells = [cellOf("library", 1, 2), cellOf("museum", 1, 1), cellOf("pier", 1, 5)] as const;

beforeAll(async () => {
  relay = await runRelay({ firestore, clock });
});
afterAll(() => relay.close());
beforeEach(async () => {
  organizationId = newOrganization();
  publisher = createPublisher(inject("redisUrl"), organizationId);
  clients = [];
  await seed(firestore, organizationId, cells);
});
afterEach(async () => {
  for (const client of clients) client.close();
  await publisher.close();
});

const org = () => `org:${organizationId}`;
const heat = isNamed("heatmap:updated");
const statsOf = (scope: string) => (message: Received) =>
  message.name === "stats:updated" && message.data.data.scope === scope;
/** The buildings and versions of the cells of each heat map that came. */
const heats = ({ received }: Inbox) =>
  received
    .filter(heat)
    .map(({ data }) => data.data.cells.map((cell: HeatCell) => `${cell.buildingId} ${cell.version}`).sort());

describe.each(transports)("over a %s", (transport) => {
  /** Opens a client that has got its first heat map and stats: `count` messages. */
  async function watch(count: number, ...rooms: readonly string[]): Promise<Inbox> {
    const token = unsignedToken({ organizationId });
    const client = await openClient(transport, relay.url, token, rooms);
    clients.push(client);
    await client.inbox.atLeast(count, isNamed("heatmap:updated", "stats:updated"));
    return client.inbox;
  }

  /** Publishes a change of a building's cell; resolves when a subscriber has got the event, and so the relay the cell. */
  async function change(building: BuildingId, version: number, witness: Inbox): Promise<void> {
    const event = issueEvent(organizationId, building, { version });
    await publisher.publish(entryOf(event, cellOf(building, version, version)));
    await witness.first(({ name, data }) => name === "issue:created" && data.version === version);
  }

  it("subscribing shows each room's own cells and stats", async () => {
    const everything = await watch(2, org());
    expect(heats(everything)).toEqual([["library 1", "museum 1", "pier 1"]]);
    const [whole] = everything.received.filter(statsOf(org()));
    expect(whole?.data).toEqual({
      type: "stats:updated",
      organizationId,
      time: cells[0].updatedAt,
      data: { scope: org(), stats: sumCells(cells) },
    });

    const campus = await watch(2, "campus:north");
    expect(heats(campus)).toEqual([["library 1", "museum 1"]]);
    const [north] = campus.received.filter(statsOf("campus:north"));
    expect(north?.data.data.stats).toEqual(sumCells(cells.slice(0, 2)));

    const building = await watch(1, "building:pier");
    const [pier] = building.received;
    expect(pier?.data).toMatchObject({ campusId: "harbor", buildingId: "pier" });
    expect(pier?.data.data).toEqual({ scope: "building:pier", stats: sumCells(cells.slice(2)) });
    expect(building.received).toHaveLength(1);

    const heatmap = await watch(1, `heatmap:${organizationId}`);
    expect(heats(heatmap)).toEqual([["library 1", "museum 1", "pier 1"]]);
    expect(heatmap.received).toHaveLength(1);
  });

  it("subscribing to overlapping rooms shows the heat map once", async () => {
    const inbox = await watch(3, org(), "campus:north", `heatmap:${organizationId}`);
    expect(heats(inbox)).toEqual([["library 1", "museum 1", "pier 1"]]);
  });

  it("an organization without issues shows an empty heat map", async () => {
    organizationId = newOrganization();
    await seed(firestore, organizationId);
    const inbox = await watch(2, org());
    expect(heats(inbox)).toEqual([[]]);
    expect(inbox.named("stats:updated")[0]?.data.data.stats).toMatchObject({ total: 0, weight: 0 });
  });

  it("a change goes to the rooms it is in, and nowhere else", async () => {
    const inboxes = {
      org: await watch(2, org()),
      both: await watch(3, org(), "campus:north"),
      north: await watch(2, "campus:north"),
      harbor: await watch(2, "campus:harbor"),
      library: await watch(1, "building:library"),
      museum: await watch(1, "building:museum"),
      heatmap: await watch(1, `heatmap:${organizationId}`),
    };
    const before = Object.fromEntries(
      Object.entries(inboxes).map(([name, inbox]) => [name, inbox.received.length]),
    );
    await change("library", 2, inboxes.org);
    await change("pier", 2, inboxes.harbor);
    clock.advance(intervalMs);
    // The second change waits in those rooms that the first one has been to.
    await inboxes.heatmap.first(
      ({ data }) => data.data.cells?.[0]?.buildingId === "pier" && data.data.cells.length === 1,
    );
    await inboxes.org.atLeast(3, statsOf(org()));

    const since = (name: keyof typeof inboxes) =>
      inboxes[name].received
        .slice(before[name])
        .filter(isNamed("heatmap:updated", "stats:updated"))
        .map(
          ({ data }) => data.data.scope ?? data.data.cells.map((cell: HeatCell) => cell.buildingId).join(),
        );
    expect(since("org").sort()).toEqual(["library", org(), org(), "pier"].sort());
    await inboxes.both.atLeast(3, statsOf(org()));
    expect(since("both").sort()).toEqual(["campus:north", "library", org(), org(), "pier"].sort());
    expect(since("north")).toEqual(["library", "campus:north"]);
    expect(since("harbor")).toEqual(["pier", "campus:harbor"]);
    expect(since("library")).toEqual(["building:library"]);
    expect(since("museum")).toEqual([]);
    expect(since("heatmap")).toEqual(["library", "pier"]);
    const newest = [cellOf("library", 2, 2), cells[1], cellOf("pier", 2, 2)];
    expect(inboxes.org.received.filter(statsOf(org())).at(-1)?.data.data.stats).toEqual(sumCells(newest));
  });

  it("a burst is coalesced: the first at once, then at most one per interval, the last always", async () => {
    const inbox = await watch(2, org());
    await change("library", 2, inbox);
    await inbox.atLeast(2, heat);
    await change("library", 3, inbox);
    await change("museum", 4, inbox);
    await change("library", 5, inbox);
    expect(heats(inbox).slice(1)).toEqual([["library 2"]]);
    expect(inbox.received.filter(statsOf(org()))).toHaveLength(2);
    clock.advance(intervalMs);
    await inbox.atLeast(3, heat);
    await inbox.atLeast(3, statsOf(org()));
    await change("pier", 6, inbox);
    expect(heats(inbox).slice(1)).toEqual([["library 2"], ["library 5", "museum 4"]]);
    clock.advance(intervalMs);
    await inbox.atLeast(4, heat);
    expect(heats(inbox).at(-1)).toEqual(["pier 6"]);
    clock.advance(10 * intervalMs);
    await change("pier", 7, inbox);
    await inbox.atLeast(5, heat);
    const newest = [cellOf("library", 5, 5), cellOf("museum", 4, 4), cellOf("pier", 7, 7)];
    const last = await inbox.atLeast(5, statsOf(org()));
    expect(last.at(-1)?.data.data.stats).toEqual(sumCells(newest));
  });

  it("an old cell changes nothing", async () => {
    const inbox = await watch(2, org());
    await change("library", 5, inbox);
    await inbox.atLeast(2, heat);
    clock.advance(intervalMs);
    await change("library", 4, inbox);
    await change("museum", 6, inbox);
    await inbox.atLeast(3, heat);
    expect(heats(inbox).slice(1)).toEqual([["library 5"], ["museum 6"]]);
  });

  it("after lost events the state is read again", async () => {
    const inbox = await watch(2, org());
    await change("library", 2, inbox);
    await inbox.atLeast(2, heat);
    clock.advance(intervalMs);
    const missed = cellOf("pier", 9, 9);
    const document = firestore.doc(`${paths.heat(organizationId)}/pier`);
    await document.set(toDocument(missed, Timestamp.fromDate));
    const event = issueEvent(organizationId, "pier", { version: 9 });
    await publisher.append(entryOf(event));
    await publisher.redis.xtrim(`faultline:{${organizationId}}:log`, "MAXLEN", 0);
    await publisher.publish(entryOf(issueEvent(organizationId, "museum", { version: 10 })));
    await inbox.first(isNamed("sync:lost"));
    await inbox.first(
      ({ name, data }) => name === "heatmap:updated" && JSON.stringify(data).includes('"version":9'),
    );
    const stats = await inbox.atLeast(3, statsOf(org()));
    // The library's change never reached Firestore in this test, so what is read again shows it as it was.
    expect(stats.at(-1)?.data.data.stats).toEqual(sumCells([cells[0], cells[1], missed]));
  });
});
