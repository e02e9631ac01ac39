import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import {
  describeFields,
  emptyTexts,
  ids,
  notIds,
  notTexts,
  notTimes,
  notUids,
  points,
  texts,
  times,
  uids,
} from "../test/fields.ts";
import { anAlert } from "../test/samples.ts";
import { parse } from "./parse.ts";
import {
  alertSchema,
  buildingSchema,
  campusSchema,
  createAlertSchema,
  outlineSchema,
  updateBuildingSchema,
  updateCampusSchema,
} from "./places.ts";
import { severities } from "./terms.ts";

const ring = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 0],
];
const polygon = { type: "Polygon", coordinates: [ring] };
const outlines = [
  polygon,
  { type: "Polygon", coordinates: [ring, ring.map(([x, y]) => [x, y, 12.5])] },
  { type: "MultiPolygon", coordinates: [[ring], [ring, ring]] },
  { ...polygon, bbox: [0, 0, 1, 1] },
];
const notOutlines = [
  {},
  null,
  [],
  { type: "Point", coordinates: [0, 0] },
  { type: "Polygon" },
  { type: "Polygon", coordinates: [] },
  { type: "Polygon", coordinates: ring },
  { type: "Polygon", coordinates: [ring.slice(1)] },
  { type: "Polygon", coordinates: [[...ring, [0, 91]]] },
  { type: "Polygon", coordinates: [[...ring, [181, 0]]] },
  { type: "Polygon", coordinates: [[...ring, [0]]] },
  { type: "Polygon", coordinates: [[...ring, ["0", "0"]]] },
  { type: "MultiPolygon", coordinates: [ring] },
  { type: "MultiPolygon", coordinates: [] },
];
const asText = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value));

const id = { accepts: ids, refuses: notIds };
const time = { accepts: times, refuses: notTimes };
const name = { accepts: texts(200), refuses: [...notTexts(200), ...emptyTexts] };
const message = { accepts: texts(1_000), refuses: [...notTexts(1_000), ...emptyTexts] };
const severity = { accepts: severities, refuses: ["urgent", "", 1, null] };
const location = {
  accepts: points,
  refuses: ["here", null, { lat: 91, lng: 0 }, { lat: "1", lng: 0 }],
  at: (value: unknown) => (value !== null && typeof value === "object" ? "lat" : ""),
};
const optional = <F>(field: F) => ({ ...field, optional: true });
const outline = {
  accepts: asText(outlines),
  refuses: [
    ...asText(notOutlines),
    "",
    "{",
    7,
    polygon,
    null,
    `${" ".repeat(500_000)}${JSON.stringify(polygon)}`,
  ],
  optional: true,
};
const rooms = {
  accepts: [[], ["101", "Stacks"], Array.from({ length: 5_000 }, String)],
  refuses: ["101", null, Array.from({ length: 5_001 }, String), [""], ["x".repeat(65)]],
  at: (value: unknown) => (Array.isArray(value) && value.length === 1 ? "0" : ""),
  optional: true,
};

describe("an outline", () => {
  it.each(outlines)("may be %j", (value) => {
    expect(outlineSchema.safeParse(value).success).toBe(true);
  });

  it.each(notOutlines)("may not be %j", (value) => {
    expect(outlineSchema.safeParse(value).success).toBe(false);
  });
});

describe("a campus", () => {
  describeFields(
    campusSchema,
    { id: "north", name: "North", location: { lat: 1, lng: 2 } },
    { id, name, location },
  );
});

describe("a change of a campus", () => {
  describeFields(
    updateCampusSchema,
    { name: "North" },
    { name: optional(name), location: optional(location) },
  );

  it("cannot give it another id", () => {
    expect(failureOf(() => parse(updateCampusSchema, { id: "south" })).field).toBe("id");
  });
});

describe("a building", () => {
  const valid = { id: "library", campusId: "north", name: "Library", location: { lat: 1, lng: 2 } };
  describeFields(buildingSchema, valid, { id, campusId: id, name, location, outline, rooms });

  it("says of an outline that is not JSON what it must be", () => {
    const failure = failureOf(() => parse(buildingSchema, { ...valid, outline: "POLYGON((0 0))" }));
    expect(failure.message).toBe("outline: must be JSON of a GeoJSON Polygon or MultiPolygon");
  });
});

describe("a change of a building", () => {
  describeFields(
    updateBuildingSchema,
    { name: "Library" },
    {
      name: optional(name),
      location: optional(location),
      outline,
      rooms,
    },
  );

  it.each(["id", "campusId"])("cannot change %s: its issues and heat cell are counted there", (field) => {
    expect(failureOf(() => parse(updateBuildingSchema, { [field]: "south" })).field).toBe(field);
  });
});

describe("a maintenance alert", () => {
  describeFields(alertSchema, anAlert(), {
    id,
    organizationId: id,
    campusId: id,
    buildingId: { accepts: [...ids, null], refuses: notIds.filter((value) => value !== null) },
    message,
    severity,
    startsAt: time,
    endsAt: { accepts: [...times, null], refuses: notTimes },
    createdAt: time,
    createdBy: { accepts: [...uids, null], refuses: notUids },
    cancelledAt: { accepts: [...times, null], refuses: notTimes },
  });
});

describe("a request for a maintenance alert", () => {
  const valid = { message: "No heating", severity: "low" };
  const onBuilding = { ...valid, buildingId: "library" };

  it.each([onBuilding, { ...valid, campusId: "north" }])("may be %j", (request) => {
    expect(parse(createAlertSchema, request)).toEqual(request);
  });

  it.each([
    ["neither building nor campus", valid, "buildingId"],
    ["both building and campus", { ...onBuilding, campusId: "north" }, "buildingId"],
    ["a bad building", { ...valid, buildingId: "a/b" }, "buildingId"],
    ["a bad campus", { ...valid, campusId: "" }, "campusId"],
    ["no message", { ...onBuilding, message: undefined }, "message"],
    ["an empty message", { ...onBuilding, message: " " }, "message"],
    ["too long a message", { ...onBuilding, message: "x".repeat(1_001) }, "message"],
    ["an unknown severity", { ...onBuilding, severity: "huge" }, "severity"],
    ["a start that is no time", { ...onBuilding, startsAt: "tomorrow" }, "startsAt"],
    ["an end that is no time", { ...onBuilding, endsAt: "2026-01-31" }, "endsAt"],
    ["an unknown field", { ...onBuilding, until: "2026-01-31" }, "until"],
  ])("may not have %s, and the error names it", (_, request, field) => {
    expect(failureOf(() => parse(createAlertSchema, request)).field).toBe(field);
  });

  it.each([
    ["2026-01-31T08:00:00Z", "2026-01-31T08:00:00.500Z"],
    ["2026-01-31T08:00:00.000Z", "2026-01-31T08:00:01Z"],
  ])("may start at %s and end at %s", (startsAt, endsAt) => {
    expect(() => parse(createAlertSchema, { ...onBuilding, startsAt, endsAt })).not.toThrow();
  });

  it.each([
    ["2026-01-31T08:00:00Z", "2026-01-31T08:00:00.000Z"],
    ["2026-01-31T08:00:00.500Z", "2026-01-31T08:00:00Z"],
    ["2026-01-31T08:00:00Z", "2025-01-31T08:00:00Z"],
  ])("may not start at %s and end at %s", (startsAt, endsAt) => {
    expect(failureOf(() => parse(createAlertSchema, { ...onBuilding, startsAt, endsAt })).field).toBe(
      "endsAt",
    );
  });
});
