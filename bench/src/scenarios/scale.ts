/** Whether the cost of an event follows those who get it, not those who are there. */
import { Contestant } from "../contestant.ts";
import { type Happening, relayCost } from "../cost.ts";
import { fixed } from "../figures.ts";
import type { Ground } from "../ground.ts";
import { buildingIds, placeIn, roomsOf, writeOrganizations } from "../organizations.ts";
import { type EventPublisher, startRelay } from "../servers/relay.ts";
import { writeUsersOf } from "../users.ts";
import type { Scenario } from "./scenario.ts";

const organizations = 1_000;
const clientsEach = 10;
/** With the organization's own and the campus's, each has ten rooms. */
const buildings = 8;
const manyBuildings = 100;

export const scale: Scenario = {
  name: "scale",
  about: `The relay's CPU for an event that ${clientsEach} clients get, who are in ${buildings + 2} rooms of their organization, three of them the event's: alone, and beside ${organizations - 1} other organizations as large. For one of an organization that nobody here watches. For an alert to ${manyBuildings} buildings, whose ${clientsEach} clients are in one of its rooms, or in a room for each building.`,
  async run({ ground }) {
    const ids = Array.from({ length: organizations }, (_, number) => `bench-${number}`);
    await writeOrganizations(ground, ids, buildings);
    const measured: Cost[] = [];
    for (const some of [ids.slice(0, 1), ids]) measured.push(...(await besideOthers(ground, some)));
    await writeOrganizations(ground, ["bench-campus"], manyBuildings);
    for (const rooms of [1, manyBuildings]) measured.push(await inManyRooms(ground, rooms));
    const rows = measured.map(({ what, microseconds }) => [what, fixed(1)(microseconds)]);
    return { tables: [{ columns: ["with", "µs of CPU per event"], rows }], notes: [], figures: measured };
  },
};

interface Cost {
  readonly what: string;
  readonly microseconds: number;
}

async function besideOthers(ground: Ground, some: readonly string[]): Promise<readonly Cost[]> {
  const users = await writeUsersOf(ground.folder, some, (id) => roomsOf(id, buildings));
  const clients = some.length * clientsEach;
  const rooms = some.length * (buildings + 2);
  const what = `${some.length} organizations, ${rooms} rooms, ${clients} clients`;
  const eventIn = (organizationId: string) => (publisher: EventPublisher, mark: string) =>
    publisher.publish(mark, placeIn(organizationId));
  const [watched = 0, nobodys = 0] = await costs(ground, { clients, users }, [
    eventIn(some[0] ?? ""),
    eventIn("bench-nobody"),
  ]);
  return [
    { what: `${what}: an event for ${clientsEach}`, microseconds: watched },
    { what: `${what}: one that nobody watches`, microseconds: nobodys },
  ];
}

async function inManyRooms(ground: Ground, rooms: number): Promise<Cost> {
  const organizationId = "bench-campus";
  const all = roomsOf(organizationId, manyBuildings);
  // Without the organization's and the campus's own.
  const users = await writeUsersOf(ground.folder, [organizationId], () => all.slice(2, 2 + rooms));
  const alert = (publisher: EventPublisher, mark: string) =>
    publisher.alert(mark, placeIn(organizationId), buildingIds(manyBuildings));
  const [microseconds = 0] = await costs(ground, { clients: clientsEach, users }, [alert]);
  const what = `an alert to ${manyBuildings} buildings, its ${clientsEach} clients in ${rooms} of their rooms`;
  return { what, microseconds };
}

/** What each of these costs with so many clients connected. */
async function costs(
  ground: Ground,
  crowd: { readonly clients: number; readonly users: string },
  happenings: readonly Happening[],
): Promise<readonly number[]> {
  const relay = await startRelay(ground, crowd);
  const everybody = await Contestant.enter(ground, relay);
  try {
    await everybody.connect({ count: crowd.clients });
    // The first time code is compiled.
    for (const happening of happenings) await relayCost(ground, relay, happening);
    const measured: number[] = [];
    for (const happening of happenings) measured.push(await relayCost(ground, relay, happening));
    return measured;
  } finally {
    await everybody.leave();
  }
}
