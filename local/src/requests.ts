/** Recorded service requests out of a CSV file, and which of the organization's buildings each one is laid on. */
import { type Building, type CreateIssue, type Point, pointSchema, type Severity } from "@faultline/contract";
import { parse as parseCsv } from "csv-parse/sync";
import { z } from "zod";
import { UsageError } from "./usage.ts";

export interface ServiceRequest {
  readonly id: string;
  readonly type: string;
  readonly location: Point;
  readonly createdAt: Date;
  /** Undefined for one that was never closed. */
  readonly closedAt: Date | undefined;
}

export interface RequestFile {
  /** In the order of their creation. */
  readonly requests: readonly ServiceRequest[];
  /** One line per row that was refused: "row 17: latitude: ...". The header is row 1. */
  readonly problems: readonly string[];
}

const columns = ["request_id", "created_at", "closed_at", "type", "latitude", "longitude"] as const;

/** "2020-01-31 08:43:00", in no stated zone: read as UTC, so that a replay is the same everywhere. */
const momentSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, "must be a time like 2020-01-31 08:43:00")
  .transform((text) => `${text.replace(" ", "T")}.000Z`)
  .refine(isOnCalendar, "is not a time of the calendar")
  .transform((text) => new Date(text));

const rowSchema = z
  .object({
    // It becomes part of the Idempotency-Key, which is visible ASCII.
    request_id: z.string().regex(/^[\x21-\x7e]{1,100}$/, "must be 1 to 100 visible ASCII characters"),
    type: z.string().min(1, "is missing").max(100),
    created_at: momentSchema,
    closed_at: z.preprocess((text) => (text === "" ? undefined : text), momentSchema.optional()),
    latitude: z.string().min(1, "is missing").pipe(z.coerce.number()).pipe(pointSchema.shape.lat),
    longitude: z.string().min(1, "is missing").pipe(z.coerce.number()).pipe(pointSchema.shape.lng),
  })
  .refine((row) => row.closed_at === undefined || row.closed_at >= row.created_at, {
    path: ["closed_at"],
    message: "is before created_at",
  });

/**
 * Reads the recorded requests; throws when the header lacks a column. A row is one line, so a stray quote costs no
 * more than its own row.
 */
export function readRequests(text: string): RequestFile {
  const [first = "", ...lines] = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const header = readHeader(first);
  const problems: string[] = [];
  const requests = new Map<string, ServiceRequest>();
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    const result = readRow(header, line);
    if (typeof result === "string") problems.push(`row ${index + 2}: ${result}`);
    else if (requests.has(result.id))
      problems.push(`row ${index + 2}: request_id: ${result.id} was used by an earlier row`);
    else requests.set(result.id, result);
  }
  const inOrder = [...requests.values()].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return { requests: inOrder, problems };
}

function readHeader(line: string): readonly string[] {
  const header = cellsOf(line);
  if (typeof header === "string") throw new UsageError(`row 1: ${header}`);
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length === 0) return header;
  throw new UsageError(`row 1: the header lacks ${missing.join(", ")}; it needs ${columns.join(",")}.`);
}

/** The cells of one line, or what is wrong with its quotes. */
function cellsOf(line: string): readonly string[] | string {
  try {
    const [cells = []] = parseCsv(line, { relax_column_count: true });
    return cells;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readRow(header: readonly string[], line: string): ServiceRequest | string {
  const row = cellsOf(line);
  if (typeof row === "string") return row;
  if (row.length !== header.length) return `has ${row.length} columns instead of ${header.length}`;
  const result = rowSchema.safeParse(Object.fromEntries(header.map((column, index) => [column, row[index]])));
  if (!result.success) {
    const [issue] = result.error.issues;
    return `${issue?.path.join(".")}: ${issue?.message}`;
  }
  const { request_id, type, created_at, closed_at, latitude, longitude } = result.data;
  return {
    id: request_id,
    type,
    location: { lat: latitude, lng: longitude },
    createdAt: created_at,
    closedAt: closed_at,
  };
}

/** The 30th of February parses, as the 1st of March. */
function isOnCalendar(time: string): boolean {
  const milliseconds = Date.parse(time);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === time;
}

const kinds: readonly (readonly [RegExp, CreateIssue["category"], Severity])[] = [
  [/water|leak|sewer/i, "plumbing", "high"],
  [/streetlight|light|electric(?!.*waste)/i, "electrical", "medium"],
  [/encampment|hazard/i, "safety", "high"],
  [/graffiti|animal|waste|dumping/i, "cleaning", "medium"],
  [/bulky|metal|appliance/i, "grounds", "low"],
];

/** The issue that someone would report for this request. */
export function toIssue(request: ServiceRequest, building: Building): CreateIssue {
  const [, category, severity] = kinds.find(([pattern]) => pattern.test(request.type)) ?? [
    null,
    "other",
    "low",
  ];
  return {
    buildingId: building.id,
    title: `${request.type} at ${building.name}`.slice(0, 200),
    description: `Recorded service request ${request.id}.`,
    category: category as CreateIssue["category"],
    severity: severity as Severity,
  };
}

interface Box {
  readonly south: number;
  readonly west: number;
  readonly height: number;
  readonly width: number;
}

function boxAround(points: readonly Point[]): Box {
  const lats = points.map(({ lat }) => lat).sort((a, b) => a - b);
  const lngs = points.map(({ lng }) => lng).sort((a, b) => a - b);
  const [south = 0, north = 0, west = 0, east = 0] = [lats[0], lats.at(-1), lngs[0], lngs.at(-1)];
  return { south, west, height: north - south || 1, width: east - west || 1 };
}

/**
 * Finds a building for each request. A recorded history seldom comes from the campus it is played on, so the box
 * around the requests is laid over the box around the buildings, and the nearest building is taken.
 */
export function placeOn(
  requests: readonly ServiceRequest[],
  buildings: readonly Building[],
): (request: ServiceRequest) => Building {
  const from = boxAround(requests.map(({ location }) => location));
  const to = boxAround(buildings.map(({ location }) => location));
  return ({ location }) => {
    const lat = to.south + ((location.lat - from.south) / from.height) * to.height;
    const lng = to.west + ((location.lng - from.west) / from.width) * to.width;
    const distance = (building: Building) =>
      (building.location.lat - lat) ** 2 + (building.location.lng - lng) ** 2;
    return buildings.reduce((best, building) => (distance(building) < distance(best) ? building : best));
  };
}
