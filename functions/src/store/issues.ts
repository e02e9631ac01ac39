/** Issues: each write is one transaction of the issue, its activity entry and its building's heat cell. */
import type { HeatCell, Issue } from "@faultline/contract";
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "firebase-admin/firestore";
import { changedCell, changesCell, writeCell } from "./cells.ts";
import { encode } from "./document.ts";
import { createEntry } from "./entry.ts";
import { isAlreadyExists } from "./failure.ts";
import { listIssues } from "./issue-list.ts";
import { reconcile } from "./reconcile.ts";
import { type Refs, read, refsOf } from "./refs.ts";
import type {
  Changed,
  Commit,
  IssueChange,
  IssueCreation,
  IssueMerge,
  IssueStore,
  IssueWrite,
  MergeWrites,
} from "./store.ts";

/** How often a contended transaction is tried. A building's cell is where its issues' writers meet. */
const transactionAttempts = 10;

export function createIssueStore(firestore: Firestore): IssueStore {
  const run = <T>(body: (transaction: Transaction) => Promise<T>): Promise<T> =>
    firestore.runTransaction(body, { maxAttempts: transactionAttempts });
  return {
    async get(organizationId, id) {
      return read.issue(await refsOf(firestore, organizationId).issues.doc(id).get());
    },
    list: (organizationId, query, scope) => listIssues(refsOf(firestore, organizationId), query, scope),
    async create(creation) {
      const refs = refsOf(firestore, creation.organizationId);
      try {
        return await run((transaction) => createIssue(transaction, refs, creation));
      } catch (error) {
        if (isAlreadyExists(error)) return undefined;
        throw error;
      }
    },
    change: (change) =>
      run((transaction) => changeIssue(transaction, refsOf(firestore, change.organizationId), change)),
    merge: (merge) =>
      run((transaction) => mergeIssues(transaction, refsOf(firestore, merge.organizationId), merge)),
    reconcile: (reconciliation) =>
      run((transaction) =>
        reconcile(transaction, refsOf(firestore, reconciliation.organizationId), reconciliation),
      ),
  };
}

async function createIssue(
  transaction: Transaction,
  refs: Refs,
  { id, buildingId, decide }: IssueCreation,
): Promise<Commit> {
  const [building, cell] = await readBoth(
    transaction,
    refs.buildings.doc(buildingId),
    refs.heat.doc(buildingId),
  );
  const write = decide(read.building(building));
  const { after, activity } = write;
  const changed = changedCell(cell, write, activity.time);
  transaction.create(refs.issues.doc(id), encode(after));
  createEntry(transaction, refs, activity);
  writeCell(transaction, refs, changed);
  return { activity, cells: [changed] };
}

async function changeIssue(transaction: Transaction, refs: Refs, change: IssueChange): Promise<Changed> {
  const ref = refs.issues.doc(change.id);
  const { memberUid } = change;
  const [issue, member] = memberUid
    ? await readBoth(transaction, ref, refs.members.doc(memberUid))
    : [await transaction.get(ref), undefined];
  const write = change.decide(read.issue(issue), member && read.member(member));
  return carryOut(transaction, refs, { ref, write, cells: await changedCells(transaction, refs, write) });
}

async function mergeIssues(
  transaction: Transaction,
  refs: Refs,
  { id, into, decide }: IssueMerge,
): Promise<{ readonly [K in keyof MergeWrites]: Changed }> {
  const [ref, targetRef] = [refs.issues.doc(id), refs.issues.doc(into)];
  const [issue, other] = await readBoth(transaction, ref, targetRef);
  const { duplicate, target } = decide(read.issue(issue), read.issue(other));
  const cells = await changedCells(transaction, refs, duplicate);
  return {
    duplicate: carryOut(transaction, refs, { ref, write: duplicate, cells }),
    target: carryOut(transaction, refs, { ref: targetRef, write: target, cells: [] }),
  };
}

interface Decided {
  readonly ref: DocumentReference;
  readonly write: IssueWrite;
  readonly cells: readonly HeatCell[];
}

/** All reads of the transaction are over by now. */
function carryOut(transaction: Transaction, refs: Refs, { ref, write, cells }: Decided): Changed {
  const { after, activity } = write;
  if (!activity) return { issue: standing(write), commit: undefined };
  if (after) transaction.set(ref, encode(after));
  else transaction.delete(ref);
  createEntry(transaction, refs, activity);
  for (const changed of cells) writeCell(transaction, refs, changed);
  return { issue: activity.issue, commit: { activity, cells } };
}

function standing({ before }: IssueWrite): Issue {
  if (!before) throw new TypeError("only an issue that exists can stay as it is");
  return before;
}

/** A comment or a new title leaves the cell alone, so that it does not contend for it. */
async function changedCells(transaction: Transaction, refs: Refs, write: IssueWrite) {
  const { activity } = write;
  if (!activity || !changesCell(write)) return [];
  const cell = await transaction.get(refs.heat.doc(activity.issue.buildingId));
  return [changedCell(cell, write, activity.time)];
}

async function readBoth(
  transaction: Transaction,
  first: DocumentReference,
  second: DocumentReference,
): Promise<readonly [DocumentSnapshot, DocumentSnapshot]> {
  const [one, two] = await transaction.getAll(first, second);
  if (!one || !two) throw new TypeError("getAll answers each reference");
  return [one, two];
}
