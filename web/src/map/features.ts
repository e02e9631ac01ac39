/** The map's data as GeoJSON: outlines, the ground they stand on, and a point per building for heat and names. */
import type { Building, HeatCell, Outline } from "@faultline/contract";
import type { Feature, FeatureCollection, Point, Polygon, Position } from "geojson";

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

/** The ground of each campus: what lies between its buildings, a little wider than they reach. */
export function groundFeatures(buildings: readonly Building[]): FeatureCollection<Polygon> {
  return {
    type: "FeatureCollection",
    features: [...groupByCampus(buildings).values()].flatMap((members) => groundOf(members) ?? []),
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

function groupByCampus(buildings: readonly Building[]): ReadonlyMap<string, readonly Building[]> {
  const groups = new Map<string, Building[]>();
  for (const building of buildings) {
    const group = groups.get(building.campusId) ?? [];
    group.push(building);
    groups.set(building.campusId, group);
  }
  return groups;
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

function groundOf(buildings: readonly Building[]): Feature<Polygon> | undefined {
  const hull = convexHull(buildings.flatMap((building) => cornersOf(outlineOf(building))));
  if (hull.length < 3) return undefined;
  const [lng, lat] = [mean(hull.map(([x = 0]) => x)), mean(hull.map(([, y = 0]) => y))];
  const ring = hull.map(([x = 0, y = 0]): Position => [lng + (x - lng) * 1.16, lat + (y - lat) * 1.16]);
  const [first = [lng, lat]] = ring;
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...ring, first]] } };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Andrew's monotone chain, counter-clockwise, without the closing point. */
function convexHull(positions: readonly Position[]): readonly Position[] {
  const sorted = [...positions].sort(([ax = 0, ay = 0], [bx = 0, by = 0]) => ax - bx || ay - by);
  const half = (ordered: readonly Position[]) => {
    const chain: Position[] = [];
    for (const position of ordered) {
      while (chain.length >= 2 && turn(chain.at(-2) as Position, chain.at(-1) as Position, position) <= 0)
        chain.pop();
      chain.push(position);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

/** Above zero when `c` lies to the left of the way from `a` to `b`. */
function turn([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, [cx = 0, cy = 0]: Position): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}
