/** Activity entries as they are written: in the transaction of their issue, named after their version. */
import type { Activity } from "@faultline/contract";
import type { Transaction } from "firebase-admin/firestore";
import { encode } from "./document.ts";
import type { Refs } from "./refs.ts";

/** Fails the transaction when the version has an entry already: two writers can't both have made it. */
export function createEntry(transaction: Transaction, refs: Refs, activity: Activity): void {
  const { version, issue } = activity;
  transaction.create(refs.activity(issue.id).doc(String(version)), encode(activity));
}
