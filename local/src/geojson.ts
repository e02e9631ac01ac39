/** Buildings out of a GeoJSON file: each feature becomes a building, or a problem that says which and why. */
import {
  type Building,
  buildingSchema,
  type Campus,
  campusSchema,
  FaultlineError,
  outlineSchema,
  type Point,
  parse,
} from "@faultline/contract";
import { z } from "zod";

export interface GeoJsonOptions {
  /** The property that holds a building's id. */
  readonly id: string;
  /** The property that holds its name; a feature without one is called by its id. */
  readonly name: string;
  /** The property whose values become the campuses. */
  readonly campusBy: string;
}

export interface GeoJsonBuildings {
  readonly campuses: readonly Campus[];
  readonly buildings: readonly Building[];
  /** One line per feature that was refused: "feature 17: geometry.type: ...". Features count from 1. */
  readonly problems: readonly string[];
}

const collectionSchema = z.object({ type: z.literal("FeatureCollection"), features: z.array(z.unknown()) });
const featureSchema = z.object({
  type: z.literal("Feature"),
  properties: z.record(z.string(), z.unknown()),
  geometry: outlineSchema,
});

/** Reads a FeatureCollection (RFC 7946); throws a `FaultlineError` when the text is not one. */
export function readBuildings(text: string, options: GeoJsonOptions): GeoJsonBuildings {
  const { features } = parse(collectionSchema, parseJson(text), "body-invalid");
  const buildings = new Map<string, Building>();
  const campusNames = new Map<string, string>();
  const problems: string[] = [];
  for (const [index, feature] of features.entries()) {
    try {
      const { building, campusName } = readFeature(feature, options);
      if (buildings.has(building.id))
        throw new Error(`properties.${options.id}: ${building.id} was used by an earlier feature`);
      buildings.set(building.id, building);
      campusNames.set(building.campusId, campusName);
    } catch (error) {
      problems.push(`feature ${index + 1}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const all = [...buildings.values()];
  return { campuses: campusesOf(all, campusNames), buildings: all, problems };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FaultlineError("json-invalid", `The file is not JSON: ${(error as Error).message}`, {
      field: "file",
      cause: error,
    });
  }
}

function readFeature(feature: unknown, options: GeoJsonOptions): { building: Building; campusName: string } {
  const { properties, geometry } = parse(featureSchema, feature);
  const rawId = requiredText(properties, options.id);
  const campusName = requiredText(properties, options.campusBy);
  // Parsed as the API would: what it refuses must not come in through this door either.
  const building = parse(buildingSchema, {
    id: toId(rawId, options.id),
    campusId: toId(campusName, options.campusBy),
    name: optionalText(properties, options.name) ?? rawId,
    location: middleOf(positionsOf(geometry)),
    outline: JSON.stringify({ type: geometry.type, coordinates: geometry.coordinates }),
  });
  parse(campusSchema.shape.name, campusName, "body-invalid", `properties.${options.campusBy}`);
  return { building, campusName };
}

function requiredText(properties: Readonly<Record<string, unknown>>, property: string): string {
  const text = optionalText(properties, property);
  if (text === undefined) throw new Error(`properties.${property}: is missing`);
  return text;
}

function optionalText(properties: Readonly<Record<string, unknown>>, property: string): string | undefined {
  const value = properties[property];
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}

/** An id out of a property's value: what an id can't hold becomes a dash. */
function toId(text: string, property: string): string {
  const id = text
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 64);
  if (id === "") throw new Error(`properties.${property}: "${text}" has no letter or digit to make an id of`);
  return id;
}

type Geometry = z.infer<typeof outlineSchema>;

function positionsOf(geometry: Geometry): readonly Point[] {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.flat(2).map(([lng, lat]) => ({ lat, lng }));
}

/** The middle of the box around some points. */
function middleOf(points: readonly Point[]): Point {
  const middle = (values: readonly number[]) => {
    const [least, most] = values.reduce(
      ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
    );
    return Math.round(((least + most) / 2) * 1e7) / 1e7;
  };
  return { lat: middle(points.map(({ lat }) => lat)), lng: middle(points.map(({ lng }) => lng)) };
}

function campusesOf(buildings: readonly Building[], names: ReadonlyMap<string, string>): readonly Campus[] {
  return [...names].map(([id, name]) => ({
    id,
    name,
    location: middleOf(buildings.filter(({ campusId }) => campusId === id).map(({ location }) => location)),
  }));
}
