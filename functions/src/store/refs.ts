/** References to an organization's documents, and how each kind is read. */
import {
  activitySchema,
  alertSchema,
  buildingSchema,
  campusSchema,
  heatCellSchema,
  issueSchema,
  memberSchema,
  paths,
} from "@faultline/contract";
import type { CollectionReference, DocumentSnapshot, Firestore } from "firebase-admin/firestore";
import { decode } from "./document.ts";

export interface Refs {
  readonly campuses: CollectionReference;
  readonly buildings: CollectionReference;
  readonly members: CollectionReference;
  readonly issues: CollectionReference;
  readonly alerts: CollectionReference;
  readonly heat: CollectionReference;
  activity(issueId: string): CollectionReference;
}

export function refsOf(firestore: Firestore, organizationId: string): Refs {
  const collection = (path: string) => firestore.collection(path);
  return {
    campuses: collection(paths.campuses(organizationId)),
    buildings: collection(paths.buildings(organizationId)),
    members: collection(paths.members(organizationId)),
    issues: collection(paths.issues(organizationId)),
    alerts: collection(paths.alerts(organizationId)),
    heat: collection(paths.heat(organizationId)),
    activity: (issueId) => collection(paths.activity(organizationId, issueId)),
  };
}

/** Each gives undefined when there is no document, or a malformed one. */
export const read = {
  issue: (snapshot: DocumentSnapshot) => decode(issueSchema, snapshot),
  activity: (snapshot: DocumentSnapshot) => decode(activitySchema, snapshot),
  campus: (snapshot: DocumentSnapshot) => decode(campusSchema, snapshot, { id: snapshot.id }),
  building: (snapshot: DocumentSnapshot) => decode(buildingSchema, snapshot, { id: snapshot.id }),
  cell: (snapshot: DocumentSnapshot) => decode(heatCellSchema, snapshot, { buildingId: snapshot.id }),
  member: (snapshot: DocumentSnapshot) =>
    decode(memberSchema, snapshot, { uid: snapshot.id, name: snapshot.get("name") ?? null }),
  alert: (snapshot: DocumentSnapshot) => decode(alertSchema, snapshot, { id: snapshot.id }),
} as const;

/** Those of many documents that can be read. */
export function readAll<T>(
  snapshots: readonly DocumentSnapshot[],
  reader: (snapshot: DocumentSnapshot) => T | undefined,
): readonly T[] {
  return snapshots.flatMap((snapshot) => reader(snapshot) ?? []);
}
