/** An organization with two campuses and three buildings, and what happens in it. */
import {
  type Alert,
  type AlertEvent,
  emptyTally,
  type HeatCell,
  type Issue,
  type IssueEvent,
  type IssueEventType,
  type LogEntry,
  paths,
  toDocument,
} from "@faultline/contract";
import { type Firestore, Timestamp } from "firebase-admin/firestore";

export const campuses = ["north", "harbor"] as const;
/** The campus of each building. */
export const buildings = { library: "north", museum: "north", pier: "harbor" } as const;
export type BuildingId = keyof typeof buildings;

const time = "2026-01-31T08:00:00.000Z";

/** Writes the campuses and buildings, and the heat cells that are given. */
export async function seed(
  firestore: Firestore,
  organizationId: string,
  cells: readonly HeatCell[] = [],
): Promise<void> {
  const batch = firestore.batch();
  const put = (path: string, data: object) =>
    batch.set(firestore.doc(path), toDocument(data, Timestamp.fromDate));
  const location = { lat: 49, lng: -123 };
  for (const id of campuses) put(`${paths.campuses(organizationId)}/${id}`, { id, name: id, location });
  for (const [id, campusId] of Object.entries(buildings)) {
    put(`${paths.buildings(organizationId)}/${id}`, { id, campusId, name: id, location });
  }
  for (const cell of cells) put(`${paths.heat(organizationId)}/${cell.buildingId}`, cell);
  await batch.commit();
}

/** A heat cell with `open` open issues. */
export function cellOf(buildingId: BuildingId, version: number, open: number): HeatCell {
  const tally = emptyTally();
  return {
    ...tally,
    byStatus: { ...tally.byStatus, open },
    bySeverity: { ...tally.bySeverity, high: open },
    byCategory: { ...tally.byCategory, plumbing: open },
    weight: 7 * open,
    buildingId,
    campusId: buildings[buildingId],
    updatedAt: time,
    version,
  };
}

export function issueOf(organizationId: string, buildingId: BuildingId, version = 1): Issue {
  return {
    id: `issue-${version}`,
    organizationId,
    campusId: buildings[buildingId],
    buildingId,
    title: "Tap drips",
    description: "Line one\nline two\r\nline three",
    category: "plumbing",
    severity: "high",
    status: "open",
    reporterId: "reporter",
    assigneeId: null,
    dueAt: time,
    createdAt: time,
    updatedAt: time,
    resolvedAt: null,
    version,
  };
}

export function issueEvent(
  organizationId: string,
  buildingId: BuildingId,
  options: { readonly type?: IssueEventType; readonly version?: number } = {},
): IssueEvent {
  const { type = "issue:created", version = 1 } = options;
  return {
    type,
    organizationId,
    campusId: buildings[buildingId],
    buildingId,
    time,
    version,
    data: { issue: issueOf(organizationId, buildingId, version), changed: [], actor: { uid: "someone" } },
  };
}

export function alertEvent(organizationId: string, campusId: string, buildingId: string | null): AlertEvent {
  const alert: Alert = {
    id: "alert-1",
    organizationId,
    campusId,
    buildingId,
    message: "Water is off",
    severity: "medium",
    startsAt: time,
    endsAt: null,
    createdAt: time,
    createdBy: "someone",
    cancelledAt: null,
  };
  const place = { campusId, ...(buildingId !== null && { buildingId }) };
  return { type: "maintenance:alert", organizationId, ...place, time, data: { alert } };
}

/** An entry of the log. */
export function entryOf(event: LogEntry["event"], ...cells: readonly HeatCell[]): LogEntry {
  return { event, cells };
}
