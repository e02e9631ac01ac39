/** Heat cells inside a transaction: changed by one write, or counted afresh. */
import {
  applyChange,
  countIssues,
  emptyTally,
  type HeatCell,
  type Issue,
  issueSchema,
  type Tally,
} from "@faultline/contract";
import type { DocumentSnapshot, Transaction } from "firebase-admin/firestore";
import { decode, encode } from "./document.ts";
import { type Refs, read, readAll } from "./refs.ts";
import type { IssueWrite } from "./store.ts";

/** What of an issue is counted. */
const countedSchema = issueSchema.pick({
  status: true,
  severity: true,
  category: true,
  createdAt: true,
  resolvedAt: true,
});
const countedFields = Object.keys(countedSchema.shape);

/** Whether a write changes what its building's cell counts. */
export function changesCell({ before, after }: IssueWrite): boolean {
  const tally = (issue: Issue | null) => JSON.stringify(countIssues(issue ? [issue] : []));
  return tally(before) !== tally(after);
}

/** The cell after a write of an issue whose building stays what it is. */
export function changedCell(cell: DocumentSnapshot, write: IssueWrite, time: string): HeatCell {
  const place = write.after ?? write.before;
  if (!place) throw new TypeError("a write has a before or an after");
  const current = read.cell(cell);
  const tally = applyChange(current ?? emptyTally(), write.before, write.after);
  return nextCell(current, place, tally, time);
}

/**
 * A building's cell, counted from its issue documents; `replaced` stands in for the document of the same id. Undefined
 * when nothing was or is counted.
 */
export async function countedCell(
  transaction: Transaction,
  refs: Refs,
  place: { readonly buildingId: string; readonly campusId: string },
  time: string,
  replaced?: { readonly id: string; readonly after: Issue | null },
): Promise<HeatCell | undefined> {
  const issues = refs.issues.where("buildingId", "==", place.buildingId).select(...countedFields);
  const [{ docs }, cell] = await Promise.all([
    transaction.get(issues),
    transaction.get(refs.heat.doc(place.buildingId)),
  ]);
  const others = readAll(
    docs.filter(({ id }) => id !== replaced?.id),
    (snapshot) => decode(countedSchema, snapshot),
  );
  const own = replaced?.after?.buildingId === place.buildingId ? [replaced.after] : [];
  const counted = [...others, ...own];
  if (counted.length === 0 && !cell.exists) return undefined;
  return nextCell(read.cell(cell), place, countIssues(counted), time);
}

export function writeCell(transaction: Transaction, refs: Refs, cell: HeatCell): void {
  transaction.set(refs.heat.doc(cell.buildingId), encode(cell));
}

function nextCell(
  current: HeatCell | undefined,
  place: { readonly buildingId: string; readonly campusId: string },
  tally: Tally,
  time: string,
): HeatCell {
  const { byStatus, bySeverity, byCategory, weight, resolution } = tally;
  return {
    buildingId: place.buildingId,
    campusId: place.campusId,
    byStatus,
    bySeverity,
    byCategory,
    weight,
    resolution,
    updatedAt: time,
    version: (current?.version ?? 0) + 1,
  };
}
