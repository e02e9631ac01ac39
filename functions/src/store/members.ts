/** The members of an organization. One of them is always an admin: whoever takes that away is refused in a transaction. */
import { FaultlineError } from "@faultline/contract";
import type { Firestore, Transaction } from "firebase-admin/firestore";
import { encode } from "./document.ts";
import { type Refs, read, readAll, refsOf } from "./refs.ts";
import type { MemberStore } from "./store.ts";

export function createMemberStore(firestore: Firestore): MemberStore {
  return {
    async get(organizationId, uid) {
      return read.member(await refsOf(firestore, organizationId).members.doc(uid).get());
    },
    async list(organizationId) {
      return readAll((await refsOf(firestore, organizationId).members.get()).docs, read.member);
    },
    put(organizationId, member) {
      const refs = refsOf(firestore, organizationId);
      return firestore.runTransaction(async (transaction) => {
        const staysAdmin = member.role === "admin" && !member.campusIds && !member.buildingIds;
        if (!staysAdmin) await assertNotLastAdmin(transaction, refs, member.uid);
        transaction.set(refs.members.doc(member.uid), encode(member));
      });
    },
    delete(organizationId, uid) {
      const refs = refsOf(firestore, organizationId);
      return firestore.runTransaction(async (transaction) => {
        await assertNotLastAdmin(transaction, refs, uid);
        transaction.delete(refs.members.doc(uid));
      });
    },
  };
}

/** An admin who is limited to a scope can't administer the organization, so does not count. */
async function assertNotLastAdmin(transaction: Transaction, refs: Refs, uid: string): Promise<void> {
  const { docs } = await transaction.get(refs.members.where("role", "==", "admin"));
  const admins = readAll(docs, read.member).filter((member) => !member.campusIds && !member.buildingIds);
  const [only, ...others] = admins;
  if (only?.uid !== uid || others.length > 0) return;
  throw new FaultlineError("last-admin", "This is the organization's last admin; appoint another first.");
}
