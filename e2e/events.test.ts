/** One change travels the whole way: through each door, to exactly the rooms that should see it, over each transport. */
import type { FaultlineEvent, HeatCell, StatsEvent } from "@faultline/contract";
import { freePort, waitUntil } from "@faultline/local/process";
import { startRelay } from "@faultline/local/relay";
import { signInAs } from "@faultline/local/sign-in";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Door, openCallables, openRest, request } from "./support/doors.ts";
import { type Observer, observe, type Transport } from "./support/observer.ts";
import { sharedStack } from "./support/shared_stack.ts";
import { type Stack, startCommand } from "./support/stack.ts";

const issue = { title: "Tap drips", category: "plumbing", severity: "high" } as const;

const rooms = {
  riverside: [
    ["org:riverside"],
    ["campus:north"],
    ["building:library"],
    ["heatmap:riverside"],
    ["org:riverside", "campus:north", "building:library"],
    ["campus:harbor"],
    ["building:science"],
  ],
  hillcrest: [["org:hillcrest"], ["campus:main"], ["building:tower"], ["heatmap:hillcrest"]],
} as const;

interface Watcher extends Observer {
  readonly rooms: readonly string[];
  readonly transport: Transport;
}

let stack: Stack;
let watchers: readonly Watcher[];
const tokens = {} as Record<keyof typeof rooms, string>;

beforeAll(async () => {
  stack = await sharedStack();
  for (const org of ["riverside", "hillcrest"] as const)
    tokens[org] = await signInAs(`admin@${org}.test`, stack.addresses)();
  const watching = (Object.keys(rooms) as (keyof typeof rooms)[]).flatMap((org) =>
    rooms[org].flatMap((list) =>
      stack.relays.flatMap((relay) =>
        (["ws", "sse"] as const).map(async (transport): Promise<Watcher> => {
          const observer = await observe(transport, { relay, token: tokens[org], rooms: list });
          return Object.assign(observer, { rooms: list, transport });
        }),
      ),
    ),
  );
  watchers = await Promise.all(watching);
});

afterAll(async () => {
  for (const watcher of watchers ?? []) watcher.close();
});

const isLogged = (event: FaultlineEvent) => event.id !== undefined;
const watchersOf = (...list: string[]) => watchers.filter((watcher) => watcher.rooms.join() === list.join());

/**
 * What the watchers are sent by `act`: afterwards a marker is reported in each place, and once that has arrived
 * everywhere, nothing else is still on its way.
 */
async function loggedDuring(
  count: number,
  act: () => Promise<void>,
): Promise<ReadonlyMap<Watcher, readonly FaultlineEvent[]>> {
  const before = new Map(watchers.map((watcher) => [watcher, watcher.received.length]));
  await act();
  const [overseer] = watchersOf("org:riverside");
  await overseer?.until("the events", (received) => {
    return received.slice(before.get(overseer)).filter(({ event }) => isLogged(event)).length >= count;
  });
  const markers = await reportMarkers();
  const seen = new Map<Watcher, readonly FaultlineEvent[]>();
  for (const watcher of watchers) {
    if (!watcher.rooms.some((room) => room.startsWith("heatmap:"))) {
      await watcher.until("the marker", (received) => received.some(({ event }) => isMarker(event, markers)));
    }
    const events = watcher.received.slice(before.get(watcher)).map(({ event }) => event);
    seen.set(
      watcher,
      events.filter((event) => isLogged(event) && !isMarker(event, markers)),
    );
  }
  return seen;
}

const markerBuildings = { riverside: ["library", "science", "workshop"], hillcrest: ["tower"] } as const;

async function reportMarkers(): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const org of ["riverside", "hillcrest"] as const) {
    for (const buildingId of markerBuildings[org]) {
      const { body } = await request(stack, "POST", "/issues", {
        token: tokens[org],
        body: { ...issue, title: "Marker", buildingId },
      });
      ids.add(body.id);
    }
  }
  return ids;
}

const isMarker = (event: FaultlineEvent, ids: ReadonlySet<string>) =>
  "issue" in event.data && ids.has(event.data.issue.id);

const seesLibrary = ["org:riverside", "campus:north", "building:library"];

describe.each(["REST", "callable"] as const)("a change made by %s", (name) => {
  let door: Door;
  let id: string;

  beforeAll(async () => {
    door =
      name === "REST"
        ? openRest(stack, "admin@riverside.test")
        : await openCallables(stack, "admin@riverside.test");
  });
  afterAll(() => door.close());

  const steps: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
    [
      "creating",
      async () => (id = (await door.create({ ...issue, description: "", buildingId: "library" })).id),
      ["issue:created 1"],
    ],
    ["changing", () => door.update(id, { severity: "critical" }), ["issue:updated 2"]],
    ["assigning", () => door.assign(id, "riverside-technician"), ["issue:assigned 3"]],
    ["commenting on", () => door.comment(id, "On my way."), ["issue:commented 4"]],
    ["resolving", () => door.resolve(id), ["issue:resolved 5"]],
    [
      "reopening and renaming",
      () => door.update(id, { status: "open", title: "Tap runs" }),
      ["issue:updated 6"],
    ],
    [
      "renaming and resolving",
      () => door.update(id, { status: "resolved", title: "Tap drips" }),
      ["issue:updated 7", "issue:resolved 7"],
    ],
    ["deleting", () => door.delete(id), ["issue:deleted 8"]],
  ];

  it.each(steps)("tells of %s an issue in exactly the rooms that see it", async (_, act, expected) => {
    const seen = await loggedDuring(expected.length, async () => void (await act()));
    for (const [watcher, events] of seen) {
      const told = events.map((event) => `${event.type} ${event.version}`);
      const should = watcher.rooms.some((room) => seesLibrary.includes(room)) ? expected : [];
      expect({ watcher: watcher.name, told }).toEqual({ watcher: watcher.name, told: should });
      for (const event of events)
        expect(event).toMatchObject({
          organizationId: "riverside",
          campusId: "north",
          buildingId: "library",
        });
    }
  });

  it("reads what was written", async () => {
    const { id: other } = await door.create({ ...issue, description: "", buildingId: "science" });
    expect(await door.get(other)).toMatchObject({
      id: other,
      buildingId: "science",
      status: "open",
      version: 1,
    });
    const { items } = await door.list({ buildingId: "science", sort: "-createdAt", limit: 5 });
    expect(items[0]?.id).toBe(other);
  });
});

describe("a maintenance alert", () => {
  it.each([
    ["a building", { buildingId: "library" }, seesLibrary],
    ["a campus", { campusId: "north" }, [...seesLibrary, "building:science"]],
  ])("on %s reaches its rooms, and so does its withdrawal", async (_, place, seenBy) => {
    const seen = await loggedDuring(2, async () => {
      const alert = { ...place, message: "Water is off from nine to ten.", severity: "medium" };
      const { status, body } = await request(stack, "POST", "/alerts", {
        token: tokens.riverside,
        body: alert,
      });
      expect(status).toBe(201);
      await watchersOf("org:riverside")[0]?.until("the alert", (received) =>
        received.some(({ event }) => event.type === "maintenance:alert" && event.data.alert.id === body.id),
      );
      expect((await request(stack, "DELETE", `/alerts/${body.id}`, { token: tokens.riverside })).status).toBe(
        204,
      );
    });
    for (const [watcher, events] of seen) {
      const told = events.map((event) =>
        event.type === "maintenance:alert" ? event.data.alert.cancelledAt !== null : event.type,
      );
      const should = watcher.rooms.some((room) => (seenBy as readonly string[]).includes(room))
        ? [false, true]
        : [];
      expect({ watcher: watcher.name, told }).toEqual({ watcher: watcher.name, told: should });
    }
  });
});

describe("npm run watch", () => {
  it("prints events, also after the relay was restarted, and never misses one silently", async () => {
    const port = await freePort();
    const startOwnRelay = () => startRelay({ settings: stack.settings, redisUrl: stack.redisUrl, port });
    let relay = await startOwnRelay();
    const environment = { ...stack.environment, FAULTLINE_RELAY: `http://127.0.0.1:${port}` };
    const watch = startCommand({ environment }, "watch", ["--as", "viewer@riverside.test", "building:arts"]);
    const printed = (text: string) =>
      waitUntil(() => watch.output().includes(text), { what: `"${text}"`, of: watch });
    const report = (title: string) =>
      request(stack, "POST", "/issues", {
        token: tokens.riverside,
        body: { ...issue, title, buildingId: "arts" },
      });
    try {
      await printed("Watching building:arts");
      await report("Seen at once");
      await printed("Seen at once [high, open] v1");
      await relay.stop();
      await printed("Disconnected");
      await report("Missed");
      relay = await startOwnRelay();
      await waitUntil(() => /Missed \[high|can no longer be shown/.test(watch.output()), {
        what: "What was missed",
        of: watch,
      });
      await waitUntil(() => watch.output().split("Watching").length === 3, { what: "The return", of: watch });
      await report("Seen later");
      await printed("Seen later [high, open] v1");
      process.kill(watch.child.pid as number, "SIGINT");
      await watch.closed;
      expect(watch.child.exitCode).toBe(0);
    } finally {
      await watch.stop();
      await relay.stop();
    }
  });
});

describe("state", () => {
  const lastCells = (watcher: Watcher) => {
    const cells = new Map<string, HeatCell>();
    for (const { event } of watcher.received) {
      if (event.type !== "heatmap:updated") continue;
      for (const cell of event.data.cells) cells.set(cell.buildingId, cell);
    }
    return cells;
  };

  it("the heat map ends up as the API has it, in each room that shows it", async () => {
    const { body } = await request(stack, "GET", "/heatmap", { token: tokens.riverside });
    const expected = new Map((body.cells as HeatCell[]).map((cell) => [cell.buildingId, cell]));
    for (const watcher of [
      ...watchersOf("heatmap:riverside"),
      ...watchersOf("org:riverside"),
      ...watchersOf("campus:north"),
    ]) {
      const isCampus = watcher.rooms.includes("campus:north");
      const should = [...expected.values()].filter((cell) => !isCampus || cell.campusId === "north");
      await watcher.until("the newest cells", () =>
        should.every((cell) => lastCells(watcher).get(cell.buildingId)?.version === cell.version),
      );
      expect([...lastCells(watcher).values()].sort(byBuilding)).toEqual(should.sort(byBuilding));
    }
  });

  it.each([
    ["org:riverside", "/stats"],
    ["campus:north", "/stats?campusId=north"],
    ["building:library", "/stats?buildingId=library"],
  ])("the stats of %s end up as the API has them", async (room, path) => {
    const { body } = await request(stack, "GET", path, { token: tokens.riverside });
    expect(body.scope).toBe(room);
    const last = (watcher: Watcher) =>
      watcher.received.findLast(({ event }) => event.type === "stats:updated")?.event as
        | StatsEvent
        | undefined;
    for (const watcher of watchersOf(room)) {
      await watcher.until(
        "the newest stats",
        () => JSON.stringify(last(watcher)?.data.stats) === JSON.stringify(body.stats),
      );
      expect(last(watcher)?.data).toEqual(body);
    }
  });

  it("goes to no other room", () => {
    for (const { rooms: list, name, received } of watchers) {
      const types = new Set(received.map(({ event }) => event.type));
      const kinds = new Set(list.map((room) => room.split(":")[0]));
      if (kinds.has("heatmap"))
        expect({ name, types: [...types] }).toEqual({ name, types: ["heatmap:updated"] });
      if (kinds.size === 1 && kinds.has("building")) expect([...types]).not.toContain("heatmap:updated");
    }
  });
});

describe("all along", () => {
  it("nobody was sent an event twice, or one of another organization", () => {
    for (const { rooms: list, received } of watchers) {
      const ids = received.map(({ event }) => event.id).filter((id) => id !== undefined);
      expect(new Set(ids).size).toBe(ids.length);
      const organization = list.some((room) => /hillcrest|main|tower/.test(room)) ? "hillcrest" : "riverside";
      expect(new Set(received.map(({ event }) => event.organizationId))).toEqual(new Set([organization]));
    }
  });
});

const byBuilding = (a: HeatCell, b: HeatCell) => a.buildingId.localeCompare(b.buildingId);
