import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { seeded } from "../test/random.ts";
import { aCell, anAlert, anIssue } from "../test/samples.ts";
import {
  actorSchema,
  changedFields,
  eventSchema,
  eventTypes,
  eventTypesOf,
  issueEventTypes,
  type LogEvent,
  logEventSchema,
  roomsOf,
} from "./events.ts";
import type { Issue } from "./issue.ts";
import { parse } from "./parse.ts";
import { formatRoom } from "./rooms.ts";
import { sumCells } from "./tally.ts";
import { categories, severities, statuses } from "./terms.ts";

const envelope = { organizationId: "riverside", campusId: "north", time: "2026-01-31T08:00:00.000Z" };
const created = {
  ...envelope,
  type: "issue:created",
  buildingId: "library",
  version: 1,
  data: { issue: anIssue(), changed: [], actor: { uid: "rita" } },
} satisfies LogEvent;
const alert = {
  ...envelope,
  type: "maintenance:alert",
  buildingId: "library",
  data: { alert: anAlert() },
} as const;
const heatmap = { ...envelope, type: "heatmap:updated", data: { cells: [aCell()] } };
const stats = {
  ...envelope,
  type: "stats:updated",
  data: { scope: "org:riverside", stats: sumCells([aCell()]) },
};

describe("the event contract", () => {
  it("has the nine types of the design", () => {
    expect(eventTypes).toEqual([
      ...["issue:created", "issue:updated", "issue:resolved", "issue:assigned", "issue:deleted"],
      ...["issue:commented", "maintenance:alert", "heatmap:updated", "stats:updated"],
    ]);
  });

  it.each([created, { ...created, id: "1732345678901-0" }, alert, heatmap, stats])("accepts %j", (event) => {
    expect(parse(eventSchema, event)).toEqual(event);
  });

  it.each(issueEventTypes)("gives %s the same data as any event of an issue", (type) => {
    expect(parse(logEventSchema, { ...created, type })).toEqual({ ...created, type });
  });

  it.each([heatmap, stats])("keeps state out of the log: %j", (event) => {
    expect(failureOf(() => parse(logEventSchema, event)).field).toBe("type");
  });

  const without = (event: Record<string, unknown>, name: string) =>
    Object.fromEntries(Object.entries(event).filter(([key]) => key !== name));

  it.each([
    ...["type", "organizationId", "campusId", "buildingId", "time", "version", "data"].map(
      (name) => [name, created] as const,
    ),
    ...["type", "organizationId", "campusId", "time", "data"].map((name) => [name, alert] as const),
    ...["type", "organizationId", "time", "data"].map((name) => [name, heatmap] as const),
  ])("refuses an event without %s and names it", (name, event) => {
    expect(failureOf(() => parse(eventSchema, without(event, name))).field).toBe(name);
  });

  it.each([
    ["organizationId", { ...created, organizationId: "a/b" }],
    ["version", { ...created, version: 0 }],
    ["time", { ...created, time: "now" }],
    ["room", { ...created, room: "org:riverside" }],
    ["data.issue.version", { ...created, data: { ...created.data, issue: anIssue({ version: 0 }) } }],
    ["data.actor.uid", { ...created, data: { ...created.data, actor: {} } }],
    ["data.comment", { ...created, data: { ...created.data, comment: "" } }],
    ["data.alert.message", { ...alert, data: { alert: anAlert({ message: "" }) } }],
    ["data.cells.0.weight", { ...heatmap, data: { cells: [aCell({ weight: -1 })] } }],
    ["data.stats.total", { ...stats, data: { ...stats.data, stats: { ...stats.data.stats, total: 0.5 } } }],
  ])("names %s when it is at fault", (field, event) => {
    expect(failureOf(() => parse(eventSchema, event)).field).toBe(field);
  });

  it.each([{ uid: null }, { uid: "rita", name: "Rita" }])("accepts the actor %j", (actor) => {
    expect(actorSchema.parse(actor)).toEqual(actor);
  });
});

describe("roomsOf", () => {
  it("sends an event of an issue to its organization, campus and building", () => {
    expect(roomsOf(created).map(formatRoom)).toEqual(["org:riverside", "campus:north", "building:library"]);
  });

  it("sends an alert to its building too, unless it concerns the whole campus", () => {
    const { buildingId: _, ...wide } = alert;
    expect(roomsOf(alert).map(formatRoom)).toEqual(["org:riverside", "campus:north", "building:library"]);
    expect(roomsOf(wide).map(formatRoom)).toEqual(["org:riverside", "campus:north"]);
  });

  it("sends what concerns the whole campus to the buildings that it is told of, and nothing else to them", () => {
    const { buildingId: _, ...wide } = alert;
    const buildings = ["library", "museum"];
    expect(roomsOf(wide, buildings).map(formatRoom)).toEqual([
      "org:riverside",
      "campus:north",
      "building:library",
      "building:museum",
    ]);
    expect(roomsOf(alert, buildings)).toEqual(roomsOf(alert));
    expect(roomsOf(created, buildings)).toEqual(roomsOf(created));
  });
});

/** A change of each field of an issue that a write can change. */
const changes = {
  title: "Other",
  description: "More",
  category: "hvac",
  severity: "low",
  location: { lat: 1, lng: 2 },
  reporterId: "rob",
  assigneeId: "tom",
  dueAt: "2026-03-01T00:00:00.000Z",
  createdAt: "2026-01-01T00:00:00.000Z",
  campusId: "south",
  buildingId: "gym",
} satisfies Partial<Issue>;

describe("changedFields", () => {
  it.each(Object.entries(changes))("names %s when it changes", (name, value) => {
    const before = anIssue();
    expect(changedFields(before, { ...before, [name]: value, version: 2 })).toEqual([name]);
    expect(changedFields({ ...before, [name]: value }, { ...before, version: 2 })).toEqual([name]);
  });

  it("leaves out what every write changes", () => {
    expect(changedFields(anIssue(), anIssue({ version: 2, updatedAt: "2026-02-01T00:00:00.000Z" }))).toEqual(
      [],
    );
  });

  it("does not care in which order a location's fields are stored", () => {
    const before = anIssue({ location: { lat: 1, lng: 2, floor: "3", room: "a" } });
    expect(changedFields(before, anIssue({ location: { room: "a", floor: "3", lng: 2, lat: 1 } }))).toEqual(
      [],
    );
    expect(changedFields(before, anIssue({ location: { room: "b", floor: "3", lng: 2, lat: 1 } }))).toEqual([
      "location",
    ]);
  });

  it("takes a field that is absent for one that is null", () => {
    const { assigneeId: _, ...absent } = anIssue();
    expect(changedFields(absent as Issue, anIssue({ assigneeId: null }))).toEqual([]);
  });

  it("names everything that a creation or a deletion brings or takes, and nothing of nothing", () => {
    const names = Object.keys(anIssue()).filter(
      (name) => !["version", "updatedAt", "assigneeId", "resolvedAt"].includes(name),
    );
    expect([...changedFields(null, anIssue())].sort()).toEqual(names.sort());
    expect([...changedFields(anIssue(), null)].sort()).toEqual(names.sort());
    expect(changedFields(null, null)).toEqual([]);
  });
});

describe("eventTypesOf", () => {
  const open = anIssue();
  const resolved: Partial<Issue> = { status: "resolved", resolvedAt: "2026-01-31T09:00:00.000Z" };

  it.each([
    ["a creation", null, open, undefined, ["issue:created"]],
    ["a creation with an assignee", null, anIssue({ assigneeId: "tom" }), undefined, ["issue:created"]],
    ["a deletion", open, null, undefined, ["issue:deleted"]],
    ["a deletion with a comment", open, null, "duplicate", ["issue:deleted"]],
    ["an edit", open, anIssue({ title: "Other" }), undefined, ["issue:updated"]],
    ["a start", open, anIssue({ status: "in_progress" }), undefined, ["issue:updated"]],
    ["an assignment", open, anIssue({ assigneeId: "tom" }), undefined, ["issue:assigned"]],
    ["an unassignment", anIssue({ assigneeId: "tom" }), open, undefined, ["issue:assigned"]],
    ["a resolution", open, anIssue(resolved), undefined, ["issue:resolved"]],
    ["a resolution with a text", open, anIssue(resolved), "done", ["issue:resolved"]],
    ["a reopening", anIssue(resolved), open, undefined, ["issue:updated"]],
    ["a closing", open, anIssue({ status: "closed" }), undefined, ["issue:updated"]],
    [
      "a closing after a resolution",
      anIssue(resolved),
      anIssue({ ...resolved, status: "closed" }),
      undefined,
      ["issue:updated"],
    ],
    [
      "a correction of the time of resolution",
      anIssue(resolved),
      anIssue({ ...resolved, resolvedAt: open.dueAt }),
      undefined,
      ["issue:updated"],
    ],
    ["a comment", open, anIssue({ version: 2 }), "still wet", ["issue:commented"]],
    ["an edit with a comment", open, anIssue({ title: "Other" }), "typo", ["issue:updated"]],
    ["an assignment with a comment", open, anIssue({ assigneeId: "tom" }), "please", ["issue:assigned"]],
    ["a write that changes nothing", open, anIssue({ version: 2 }), undefined, ["issue:updated"]],
    [
      "a resolution and an assignment",
      open,
      anIssue({ ...resolved, assigneeId: "tom" }),
      undefined,
      ["issue:assigned", "issue:resolved"],
    ],
    [
      "an edit and an assignment",
      open,
      anIssue({ title: "Other", assigneeId: "tom" }),
      undefined,
      ["issue:updated", "issue:assigned"],
    ],
    [
      "an edit and a resolution",
      open,
      anIssue({ ...resolved, title: "Other" }),
      undefined,
      ["issue:updated", "issue:resolved"],
    ],
    [
      "everything at once",
      open,
      anIssue({ ...resolved, title: "Other", assigneeId: "tom" }),
      "all",
      ["issue:updated", "issue:assigned", "issue:resolved"],
    ],
  ] as const)("gives for %s", (_, before, after, comment, types) => {
    expect(eventTypesOf(before, after, comment)).toEqual(types);
  });

  it("gives at least one event, each at most once and in one order, whatever changes", () => {
    const random = seeded(7);
    const anyIssue = () =>
      anIssue({
        status: random.pick(statuses),
        severity: random.pick(severities),
        category: random.pick(categories),
        assigneeId: random.pick([null, "tom", "tim"]),
        resolvedAt: random.pick([null, "2026-01-31T09:00:00.000Z"]),
      });
    for (let round = 0; round < 2_000; round++) {
      const [before, after] = [anyIssue(), anyIssue()];
      const types = eventTypesOf(before, after, random.pick([undefined, "note"]));
      const order = types.map((type) =>
        ["issue:updated", "issue:assigned", "issue:resolved", "issue:commented"].indexOf(type),
      );
      expect(types.length).toBeGreaterThan(0);
      expect(order).toEqual([...new Set(order)].sort());
      expect(types.includes("issue:assigned")).toBe(before.assigneeId !== after.assigneeId);
      expect(types.includes("issue:resolved")).toBe(
        before.status !== "resolved" && after.status === "resolved",
      );
    }
  });
});
