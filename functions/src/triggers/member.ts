/** Every write of a member's document, whoever made it: what the API did not complete is completed here. */
import { FaultlineError, idSchema, uidSchema } from "@faultline/contract";
import { log } from "../log.ts";
import type { FollowMember } from "../service/membership.ts";

/** Not what was written: a trigger may be late, and the newest document counts. */
export interface MemberWritten {
  readonly organizationId: string;
  readonly uid: string;
}

/** Resolves when the member is what the document says; rejects, to be called again, while Redis, Auth or Firestore is out. */
export type MemberTrigger = (written: MemberWritten) => Promise<void>;

export function createMemberTrigger(follow: FollowMember): MemberTrigger {
  return async ({ organizationId, uid }) => {
    if (!idSchema.safeParse(organizationId).success || !uidSchema.safeParse(uid).success) return;
    try {
      await follow(organizationId, uid);
    } catch (error) {
      if (!(error instanceof FaultlineError && error.reason === "body-invalid")) throw error;
      // Trying again can't repair it, writing it again triggers again.
      log("ERROR", "document malformed", { organizationId, uid, field: error.field }, error);
    }
  };
}
