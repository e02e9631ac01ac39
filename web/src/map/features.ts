/** The map's data as GeoJSON: outlines, and a point per building for heat and names. */
import type { Building, HeatCell, Outline } from "@faultline/contract";
import type { FeatureCollection, Point, Position } from "geojson";

export interface BuildingProperties {
  readonly id: string;
  readonly name: string;
}

/** Half of the side of the square that stands for a building without an outline, in metres. */
const markerMetres = 12;
const metresPerDegree = 111_320;

/** Outlines; a building without one, or with one that can't be read, is a small square. */
export function outlineFeatures(
  buildings: readonly Building[],
): FeatureCollection<Outline, BuildingProperties> {
  return {
    type: "FeatureCollection",
    features: buildings.map(({ id, name, ...building }) => ({
      type: "Feature",
      id,
      properties: { id, name },
      geometry: outlineOf(building),
    })),
  };
}

/** A point in the middle of each building, with its weight. */
export function heatFeatures(
  buildings: readonly Building[],
  cells: ReadonlyMap<string, HeatCell>,
): FeatureCollection<Point, BuildingProperties & { readonly weight: number }> {
  return {
    type: "FeatureCollection",
    features: buildings.map(({ id, name, location }) => ({
      type: "Feature",
      id,
      properties: { id, name, weight: cells.get(id)?.weight ?? 0 },
      geometry: { type: "Point", coordinates: [location.lng, location.lat] },
    })),
  };
}

/** West, south, east, north; undefined without buildings. */
export function boundsOf(
  buildings: readonly Building[],
): readonly [number, number, number, number] | undefined {
  const positions = buildings.flatMap((building) => cornersOf(outlineOf(building)));
  if (positions.length === 0) return undefined;
  const lngs = positions.map(([lng = 0]) => lng);
  const lats = positions.map(([, lat = 0]) => lat);
  return [Math.min(...lngs), Math.min(...lats), Math.max(...lngs), Math.max(...lats)];
}

function outlineOf({ outline, location }: Pick<Building, "outline" | "location">): Outline {
  if (outline === undefined) return squareAround(location);
  try {
    return JSON.parse(outline) as Outline;
  } catch {
    return squareAround(location);
  }
}

function squareAround({ lat, lng }: Building["location"]): Outline {
  const north = markerMetres / metresPerDegree;
  const east = north / Math.cos((lat * Math.PI) / 180);
  const corner = (x: number, y: number): [number, number] => [lng + x * east, lat + y * north];
  return {
    type: "Polygon",
    coordinates: [[corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1), corner(-1, -1)]],
  };
}

function cornersOf(outline: Outline): readonly Position[] {
  return outline.type === "Polygon" ? outline.coordinates.flat() : outline.coordinates.flat(2);
}
