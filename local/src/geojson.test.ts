import { existsSync, readFileSync } from "node:fs";
import { buildingSchema, campusSchema } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { readBuildings } from "./geojson.ts";
import { sharedData } from "./testing/data.ts";

const options = { id: "ID", name: "NAME", campusBy: "AREA" };
const square = {
  type: "Polygon",
  coordinates: [
    [
      [4, 52],
      [4.2, 52],
      [4.2, 52.1],
      [4, 52.1],
      [4, 52],
    ],
  ],
};
const feature = (properties: object, geometry: unknown = square) => ({
  type: "Feature",
  properties,
  geometry,
});
const collection = (...features: unknown[]) => JSON.stringify({ type: "FeatureCollection", features });
const good = feature({ ID: "LIB", NAME: "Library", AREA: "East Side" });

describe("readBuildings", () => {
  it("makes a building of a feature, and a campus of the property's value", () => {
    const { campuses, buildings, problems } = readBuildings(collection(good), options);
    expect(buildings).toEqual([
      {
        id: "LIB",
        campusId: "East-Side",
        name: "Library",
        location: { lat: 52.05, lng: 4.1 },
        outline: JSON.stringify(square),
      },
    ]);
    expect(campuses).toEqual([{ id: "East-Side", name: "East Side", location: { lat: 52.05, lng: 4.1 } }]);
    expect(problems).toEqual([]);
  });

  it("calls a building without a name by its id", () => {
    const { buildings } = readBuildings(collection(feature({ ID: 17, NAME: null, AREA: "A" })), options);
    expect(buildings[0]).toMatchObject({ id: "17", name: "17" });
  });

  it.each([
    ["no id", feature({ NAME: "X", AREA: "A" }), "properties.ID"],
    ["no campus", feature({ ID: "x", AREA: " " }), "properties.AREA"],
    ["an id without a letter or digit", feature({ ID: "//", AREA: "A" }), "properties.ID"],
    ["an id that was used before", good, "properties.ID"],
    ["no geometry", feature({ ID: "x", AREA: "A" }, null), "geometry"],
    [
      "a geometry that is no area",
      feature({ ID: "x", AREA: "A" }, { type: "Point", coordinates: [1, 2] }),
      "geometry.type",
    ],
    [
      "a ring of three positions",
      feature(
        { ID: "x", AREA: "A" },
        {
          type: "Polygon",
          coordinates: [
            [
              [0, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        },
      ),
      "geometry.coordinates.0",
    ],
    [
      "a position off the globe",
      feature(
        { ID: "x", AREA: "A" },
        {
          type: "Polygon",
          coordinates: [
            [
              [0, 0],
              [1, 95],
              [1, 1],
              [0, 0],
            ],
          ],
        },
      ),
      "geometry.coordinates.0.1.1",
    ],
    ["a name that is too long", feature({ ID: "x", NAME: "n".repeat(201), AREA: "A" }), "name"],
    ["a campus whose name is too long", feature({ ID: "x", AREA: "a".repeat(201) }), "properties.AREA"],
    [
      "an outline that no document can hold",
      feature({ ID: "x", AREA: "A" }, { ...square, coordinates: Array(30_000).fill(square.coordinates[0]) }),
      "outline",
    ],
    ["something that is no feature", 7, "body"],
  ])("reports a feature with %s by its number and keeps the rest", (_, bad, field) => {
    const { buildings, problems } = readBuildings(collection(good, bad), options);
    expect(buildings.map(({ id }) => id)).toEqual(["LIB"]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^feature 2: /);
    expect(problems[0]).toContain(field);
  });

  it("refuses a file that is not JSON", () => {
    expect(() => readBuildings("{", options)).toThrow(
      expect.objectContaining({ reason: "json-invalid", field: "file" }),
    );
  });

  it("refuses JSON that is not a FeatureCollection, naming the field", () => {
    expect(() => readBuildings('{"type":"Feature"}', options)).toThrow(
      expect.objectContaining({ reason: "body-invalid", field: "type" }),
    );
  });

  it.skipIf(!existsSync(sharedData("ubcv_buildings.geojson")))("reads a real campus whole, and valid", () => {
    const text = readFileSync(sharedData("ubcv_buildings.geojson"), "utf8");
    const { campuses, buildings, problems } = readBuildings(text, {
      id: "BLDG_ID",
      name: "PLACENAME",
      campusBy: "NEIGHBOURHOOD",
    });
    expect(problems).toEqual([]);
    expect(buildings).toHaveLength(270);
    expect(campuses).toHaveLength(7);
    for (const building of buildings) expect(buildingSchema.safeParse(building).error).toBeUndefined();
    for (const campus of campuses) expect(campusSchema.safeParse(campus).error).toBeUndefined();
  });
});
