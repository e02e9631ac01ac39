/** A write past the API, brought into line: the document, its history and the counts of the buildings it touched. */
import { buildingSchema, fromDocument } from "@faultline/contract";
import type { DocumentSnapshot, Transaction } from "firebase-admin/firestore";
import { type Count, correctedCell, readCount, writeCell } from "./cells.ts";
import { encode } from "./document.ts";
import { createEntry } from "./entry.ts";
import { type Refs, read } from "./refs.ts";
import type { Commit, Reconciliation, Unreconciled } from "./store.ts";

type Found = Omit<Unreconciled, "isMiscounted">;

/**
 * Reads the document, its newest activity entry and the counts of all buildings concerned, and lets `decide` say what
 * should be written. Running it again finds everything in line and writes nothing.
 */
export async function reconcile(
  transaction: Transaction,
  refs: Refs,
  reconciliation: Reconciliation,
): Promise<Commit | undefined> {
  const { id, time, decide } = reconciliation;
  const found = await find(transaction, refs, id);
  const counts = await readCounts(transaction, refs, reconciliation.buildingIds, found);
  const isMiscounted = counts.some((count) => correctedCell(count, time) !== undefined);
  const write = decide({ ...found, isMiscounted });

  const replaced = write ? { id, after: write.after } : undefined;
  const cells = counts.flatMap((count) => correctedCell(count, time, replaced) ?? []);
  for (const cell of cells) writeCell(transaction, refs, cell);
  if (write?.after) transaction.set(refs.issues.doc(id), encode(write.after));
  if (write) createEntry(transaction, refs, write.activity);
  const activity = write?.activity ?? found.latest;
  return activity && { activity, cells };
}

async function find(transaction: Transaction, refs: Refs, id: string): Promise<Found> {
  const newest = refs.activity(id).orderBy("version", "desc").limit(1);
  const [snapshot, { docs }] = await Promise.all([
    transaction.get(refs.issues.doc(id)),
    transaction.get(newest),
  ]);
  const [entry] = docs;
  return {
    document: snapshot.exists ? fromDocument(snapshot.data() ?? {}) : null,
    createdAt: snapshot.createTime?.toDate().toISOString(),
    latest: entry && read.activity(entry),
    building: await readBuilding(transaction, refs, snapshot),
  };
}

async function readBuilding(transaction: Transaction, refs: Refs, issue: DocumentSnapshot) {
  const id = buildingSchema.shape.id.safeParse(issue.get("buildingId"));
  return id.success ? read.building(await transaction.get(refs.buildings.doc(id.data))) : undefined;
}

/** Of the buildings that the write, the document and its history name, as far as they exist. */
async function readCounts(
  transaction: Transaction,
  refs: Refs,
  buildingIds: readonly string[],
  { latest, building }: Found,
): Promise<readonly Count[]> {
  const named = [...buildingIds, latest?.issue.buildingId, building?.id].filter((id) => id !== undefined);
  const counts = [...new Set(named)].map(async (buildingId) => {
    const known = read.building(await transaction.get(refs.buildings.doc(buildingId)));
    return known && readCount(transaction, refs, { buildingId, campusId: known.campusId });
  });
  return (await Promise.all(counts)).filter((count) => count !== undefined);
}
