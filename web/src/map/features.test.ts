import type { Building } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { boundsOf, heatFeatures, outlineFeatures } from "./features.ts";

const square = (west: number, south: number) => ({
  type: "Polygon",
  coordinates: [
    [
      [west, south],
      [west + 1, south],
      [west + 1, south + 1],
      [west, south + 1],
      [west, south],
    ],
  ],
});
const building = (id: string, campusId: string, outline?: unknown): Building => ({
  id,
  campusId,
  name: id,
  location: { lat: 10, lng: 20 },
  ...(outline !== undefined && { outline: typeof outline === "string" ? outline : JSON.stringify(outline) }),
});

describe("the map's features", () => {
  it("are the outlines as they are", () => {
    expect(outlineFeatures([building("a", "north", square(0, 0))]).features[0]?.geometry).toEqual(
      square(0, 0),
    );
  });

  it.each([
    ["without an outline", undefined],
    ["whose outline can't be read", "{"],
  ])("have a small square around a building %s", (_, outline) => {
    const [west = 0, south = 0, east = 0, north = 0] = boundsOf([building("a", "north", outline)]) ?? [];
    expect((west + east) / 2).toBeCloseTo(20);
    expect((south + north) / 2).toBeCloseTo(10);
    expect(north - south).toBeLessThan(0.001);
  });

  it("have weight 0 where no cell is known", () => {
    expect(heatFeatures([building("a", "north")], new Map()).features[0]?.properties.weight).toBe(0);
  });

  it("have no bounds where there is no building", () => {
    expect(boundsOf([])).toBeUndefined();
  });
});
