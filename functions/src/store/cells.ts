/** Heat cells inside a transaction: changed by one write, or counted afresh. */
import { isDeepStrictEqual } from "node:util";
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
import type { z } from "zod";
import { decode, encode } from "./document.ts";
import { type Refs, read } from "./refs.ts";
import type { IssueWrite } from "./store.ts";

/** What of an issue is counted; a document that is wrong elsewhere still counts. */
const countedSchema = issueSchema.pick({
  status: true,
  severity: true,
  category: true,
  createdAt: true,
  resolvedAt: true,
});
type Counted = z.infer<typeof countedSchema>;
const countedFields = Object.keys(countedSchema.shape);

interface Place {
  readonly buildingId: string;
  readonly campusId: string;
}

/** Whether a write changes what its building's cell counts. */
export function changesCell({ before, after }: IssueWrite): boolean {
  const tally = (issue: Issue | null) => countIssues(issue ? [issue] : []);
  return !isDeepStrictEqual(tally(before), tally(after));
}

/** The cell after a write of an issue whose building stays what it is. */
export function changedCell(cell: DocumentSnapshot, write: IssueWrite, time: string): HeatCell {
  const place = write.after ?? write.before;
  if (!place) throw new TypeError("a write has a before or an after");
  const current = read.cell(cell);
  return nextCell(current, place, applyChange(current ?? emptyTally(), write.before, write.after), time);
}

/** A building's cell beside what its issue documents say. */
export interface Count {
  readonly place: Place;
  readonly current: HeatCell | undefined;
  readonly issues: ReadonlyMap<string, Counted>;
}

export async function readCount(transaction: Transaction, refs: Refs, place: Place): Promise<Count> {
  const issues = refs.issues.where("buildingId", "==", place.buildingId).select(...countedFields);
  const [{ docs }, cell] = await Promise.all([
    transaction.get(issues),
    transaction.get(refs.heat.doc(place.buildingId)),
  ]);
  const counted = docs.map((snapshot) => [snapshot.id, decode(countedSchema, snapshot)] as const);
  return {
    place,
    current: read.cell(cell),
    issues: new Map(counted.flatMap(([id, issue]) => (issue ? [[id, issue]] : []))),
  };
}

/**
 * The cell that the count makes right, undefined when it is right already. `replaced` stands in for the document of the
 * same id.
 */
export function correctedCell(
  { place, current, issues }: Count,
  time: string,
  replaced?: { readonly id: string; readonly after: Issue | null },
): HeatCell | undefined {
  const counted = new Map(issues);
  if (replaced) counted.delete(replaced.id);
  if (replaced?.after?.buildingId === place.buildingId) counted.set(replaced.id, replaced.after);
  const next = nextCell(current, place, countIssues(counted.values()), time);
  return isDeepStrictEqual(tallyOf(next), tallyOf(current ?? emptyTally())) ? undefined : next;
}

export function writeCell(transaction: Transaction, refs: Refs, cell: HeatCell): void {
  transaction.set(refs.heat.doc(cell.buildingId), encode(cell));
}

function nextCell(current: HeatCell | undefined, place: Place, tally: Tally, time: string): HeatCell {
  const { buildingId, campusId } = place;
  return { ...tallyOf(tally), buildingId, campusId, updatedAt: time, version: (current?.version ?? 0) + 1 };
}

function tallyOf({ byStatus, bySeverity, byCategory, weight, resolution }: Tally): Tally {
  return { byStatus, bySeverity, byCategory, weight, resolution };
}
