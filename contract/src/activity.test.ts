import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { anIssue } from "../test/samples.ts";
import { type Activity, activityOf, activitySchema, eventsOf } from "./activity.ts";
import { logEventSchema } from "./events.ts";
import { parse } from "./parse.ts";

const actor = { uid: "tom", name: "Tom" };
const time = "2026-01-31T09:00:00.000Z";
const before = anIssue({ version: 4 });
const resolved = anIssue({
  version: 5,
  status: "resolved",
  resolvedAt: time,
  updatedAt: time,
  assigneeId: "tom",
});

const writes: readonly (readonly [string, Activity])[] = [
  ["a creation", activityOf({ before: null, after: anIssue(), actor, time })],
  ["a resolution and assignment", activityOf({ before, after: resolved, actor, time, comment: "New valve" })],
  ["a comment", activityOf({ before, after: anIssue({ version: 5 }), actor, time, comment: "Wet" })],
  ["a deletion", activityOf({ before, after: null, actor, time })],
  [
    "a write past the API",
    activityOf({ before, after: anIssue({ title: "Other" }), actor: { uid: null }, time }),
  ],
];

describe("an activity entry", () => {
  it.each(writes)("of %s is valid", (_, activity) => {
    expect(parse(activitySchema, activity)).toEqual(activity);
  });

  it.each(writes)("of %s gives valid events, one for each type it names", (_, activity) => {
    const events = eventsOf(activity);
    expect(events.map(({ type }) => type)).toEqual(activity.events);
    for (const event of events) expect(parse(logEventSchema, event)).toEqual(event);
  });

  it.each(writes)("of %s gives the same events after it was stored as JSON", (_, activity) => {
    expect(eventsOf(JSON.parse(JSON.stringify(activity)))).toEqual(eventsOf(activity));
  });

  it("has the version, the issue, what changed and the comment", () => {
    const activity = activityOf({ before, after: resolved, actor, time, comment: "New valve" });
    expect(activity).toEqual({
      version: 5,
      time,
      actor,
      events: ["issue:assigned", "issue:resolved"],
      changed: ["status", "assigneeId", "resolvedAt"],
      comment: "New valve",
      issue: resolved,
    });
  });

  it("puts place, version and data into each event", () => {
    const [event] = eventsOf(activityOf({ before, after: resolved, actor, time, comment: "New valve" }));
    expect(event).toEqual({
      type: "issue:assigned",
      organizationId: "riverside",
      campusId: "north",
      buildingId: "library",
      time,
      version: 5,
      data: { issue: resolved, changed: ["status", "assigneeId", "resolvedAt"], actor, comment: "New valve" },
    });
  });

  it("of a deletion keeps the issue as it was, under a version of its own", () => {
    const { issue, version, changed } = activityOf({ before, after: null, actor, time });
    expect(issue).toEqual({ ...before, version: 5, updatedAt: time });
    expect({ version, changed }).toEqual({ version: 5, changed: [] });
  });

  it("names no changed fields for a creation", () => {
    expect(activityOf({ before: null, after: anIssue(), actor, time }).changed).toEqual([]);
  });

  it("has no comment where there is none, since Firestore refuses undefined", () => {
    const activity = activityOf({ before: null, after: anIssue(), actor, time });
    expect(activity).not.toHaveProperty("comment");
    expect(eventsOf(activity)[0]?.data).not.toHaveProperty("comment");
  });

  it("of nothing is a mistake of the caller", () => {
    expect(() => activityOf({ before: null, after: null, actor, time })).toThrow(TypeError);
  });

  it.each([
    ["events", { events: [] }],
    ["events.0", { events: ["issue:exploded"] }],
    ["version", { version: 0 }],
    ["time", { time: "now" }],
    ["comment", { comment: "" }],
    ["issue.status", { issue: { ...before, status: "gone" } }],
    ["note", { note: "x" }],
  ])("with a bad %s is refused", (field, change) => {
    const activity = activityOf({ before: null, after: anIssue(), actor, time });
    expect(failureOf(() => parse(activitySchema, { ...activity, ...change })).field).toBe(field);
  });
});
