/** A write past the API, brought into line: the document, its history and the counts of the buildings it touched. */
import { buildingSchema, fromDocument } from "@faultline/contract";
import type { DocumentSnapshot, Transaction } from "firebase-admin/firestore";
import { countedCell, writeCell } from "./cells.ts";
import { encode } from "./document.ts";
import { createEntry } from "./entry.ts";
import { type Refs, read } from "./refs.ts";
import type { Commit, EffectiveWrite, Reconciliation, Unreconciled } from "./store.ts";

/**
 * Reads the document and its newest activity entry, lets `decide` say what should be written, and counts every building
 * concerned afresh. Running it again finds document and history in line and changes nothing but the cells' versions.
 */
export async function reconcile(
  transaction: Transaction,
  refs: Refs,
  reconciliation: Reconciliation,
): Promise<Commit | undefined> {
  const { id, decide } = reconciliation;
  const newest = refs.activity(id).orderBy("version", "desc").limit(1);
  const [snapshot, entries] = await Promise.all([
    transaction.get(refs.issues.doc(id)),
    transaction.get(newest),
  ]);
  const [entry] = entries.docs;
  const state = await stateOf(transaction, refs, snapshot, entry);
  const write = decide(state);
  const cells = await recount(transaction, refs, reconciliation, state, write);
  for (const cell of cells) writeCell(transaction, refs, cell);
  if (write?.after) transaction.set(refs.issues.doc(id), encode(write.after));
  if (write) createEntry(transaction, refs, write.activity);
  const activity = write?.activity ?? state.latest;
  return activity && { activity, cells };
}

async function stateOf(
  transaction: Transaction,
  refs: Refs,
  snapshot: DocumentSnapshot,
  entry: DocumentSnapshot | undefined,
): Promise<Unreconciled> {
  const document = snapshot.exists ? fromDocument(snapshot.data() ?? {}) : null;
  const buildingId = buildingSchema.shape.id.safeParse(document?.buildingId);
  const building = buildingId.success
    ? read.building(await transaction.get(refs.buildings.doc(buildingId.data)))
    : undefined;
  return {
    document,
    createdAt: snapshot.createTime?.toDate().toISOString(),
    latest: entry && read.activity(entry),
    building,
  };
}

async function recount(
  transaction: Transaction,
  refs: Refs,
  { id, buildingIds, time }: Reconciliation,
  { latest, building }: Unreconciled,
  write: EffectiveWrite | null,
) {
  const concerned = new Set([...buildingIds, latest?.issue.buildingId, building?.id]);
  const replaced = write ? { id, after: write.after } : undefined;
  const cells = await Promise.all(
    [...concerned].map(async (buildingId) => {
      const known = buildingId === building?.id ? building : await find(transaction, refs, buildingId);
      if (!known) return undefined;
      const place = { buildingId: known.id, campusId: known.campusId };
      return countedCell(transaction, refs, place, time, replaced);
    }),
  );
  return cells.filter((cell) => cell !== undefined);
}

async function find(transaction: Transaction, refs: Refs, buildingId: string | undefined) {
  if (buildingId === undefined) return undefined;
  return read.building(await transaction.get(refs.buildings.doc(buildingId)));
}
