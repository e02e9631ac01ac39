/** Members: role and scope, kept in the organization and copied into the custom claims that tokens carry. */
import { assertCan, FaultlineError, type Member, type Principal, type PutMember } from "@faultline/contract";
import type { Account, Accounts } from "../accounts/accounts.ts";
import { bounded } from "../bounded.ts";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import type { Store } from "../store/index.ts";
import { refuse } from "./find.ts";
import { assertClaimsFit, createFollowMember, createTell, isElsewhere, type Tell } from "./membership.ts";

export interface MemberService {
  /** For those who assign issues as well: they have to know to whom. */
  list(principal: Principal): Promise<readonly Member[]>;
  /** Adds the user, or changes role and scope; a scope that is left out is no longer a limit. */
  put(principal: Principal, uid: string, request: PutMember): Promise<Member>;
  /** Takes the membership away; the user account stays. */
  remove(principal: Principal, uid: string): Promise<void>;
}

export interface MemberDeps {
  readonly store: Pick<Store, "members">;
  readonly accounts: Accounts;
  readonly publisher: Pick<Publisher, "memberChange" | "publishMemberChange">;
  readonly publishTimeoutMs: number;
  readonly now: () => Date;
}

/**
 * The document is written before the claims: it is where the last admin is protected. When the claims then fail the
 * caller gets an error, and the same request again completes them, if the trigger has not done so by then.
 */
export function createMemberService(deps: MemberDeps): MemberService {
  const { store, accounts } = deps;
  const follow = createFollowMember({ store, accounts, tell: tolerant(deps) });
  return {
    async list(principal) {
      assertCan(principal, "assign");
      return store.members.list(principal.organizationId);
    },
    async put(principal, uid, request) {
      assertCan(principal, "members");
      const { organizationId } = principal;
      const account = (await accounts.find(uid)) ?? unknownUser(uid);
      assertNotElsewhere(account, organizationId);
      assertClaimsFit(account, { organizationId, ...request });
      const member: Member = { uid, name: account.name, ...request };
      await store.members.put(organizationId, member);
      await follow(organizationId, uid);
      return member;
    },
    async remove(principal, uid) {
      assertCan(principal, "members");
      const { organizationId } = principal;
      const [account, member] = await Promise.all([
        accounts.find(uid),
        store.members.get(organizationId, uid),
      ]);
      if (!member && account?.claims.organizationId !== organizationId) refuse("member", uid, "uid");
      await store.members.delete(organizationId, uid);
      await follow(organizationId, uid);
    },
  };
}

/** A relay that can't be told is told by the trigger; until then connections live on their old terms. */
function tolerant({ publisher, publishTimeoutMs, now }: MemberDeps): Tell {
  const tell = createTell(publisher, now);
  return async (change, isNew) => {
    try {
      await bounded(tell(change, isNew), publishTimeoutMs);
    } catch (error) {
      const { organizationId, uid } = change;
      log("WARNING", "publish failed", { stage: "member change", organizationId, uid }, error);
    }
  };
}

function assertNotElsewhere(account: Account, organizationId: string): void {
  if (!isElsewhere(account, organizationId)) return;
  throw new FaultlineError(
    "id-taken",
    `uid: ${account.uid} belongs to another organization, which has to let them go first.`,
    { field: "uid" },
  );
}

function unknownUser(uid: string): never {
  throw new FaultlineError("member-unknown", `uid: there is no user ${uid}; they have to sign up first.`, {
    field: "uid",
  });
}
