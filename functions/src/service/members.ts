/** Members: role and scope, kept in the organization and copied into the custom claims that tokens carry. */
import {
  assertCan,
  type Claims,
  claimsLimit,
  FaultlineError,
  type Member,
  type MemberChange,
  type Principal,
  type PutMember,
} from "@faultline/contract";
import { type Account, type Accounts, mergedClaims } from "../accounts/accounts.ts";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import type { Store } from "../store/index.ts";
import { bounded } from "./bounded.ts";
import { refuse } from "./find.ts";

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
  readonly publisher: Pick<Publisher, "publishMemberChange">;
  readonly publishTimeoutMs: number;
  readonly now: () => Date;
}

/**
 * The document is written before the claims: it is where the last admin is protected. When the claims then fail the
 * caller gets an error, and the same request again completes them. The relays are told last, since every token that was
 * issued until then may hold the old claims.
 */
export function createMemberService(deps: MemberDeps): MemberService {
  const { store, accounts } = deps;
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
      const claims: Claims = { organizationId, ...request };
      assertClaimsFit(account, claims);
      const member: Member = { uid, name: account.name, ...request };
      await store.members.put(organizationId, member);
      await accounts.setClaims(account, claims);
      await tell(deps, { uid, organizationId, claims });
      return member;
    },
    async remove(principal, uid) {
      assertCan(principal, "members");
      const { organizationId } = principal;
      const [account, member] = await Promise.all([
        accounts.find(uid),
        store.members.get(organizationId, uid),
      ]);
      const claimed = account?.claims.organizationId === organizationId ? account : undefined;
      if (!claimed && !member) refuse("member", uid, "uid");
      await store.members.delete(organizationId, uid);
      if (claimed) await accounts.setClaims(claimed, null);
      // Another organization's member by now is not ours to tell of.
      if (claimed || !account) await tell(deps, { uid, organizationId, claims: null });
    },
  };
}

/** A relay that can't be told keeps connections on their old terms until their tokens expire, within the hour. */
async function tell(deps: MemberDeps, change: Omit<MemberChange, "at">): Promise<void> {
  const { publisher, publishTimeoutMs, now } = deps;
  try {
    const at = now().toISOString();
    await bounded(publisher.publishMemberChange({ ...change, at }), publishTimeoutMs);
  } catch (error) {
    const { organizationId, uid } = change;
    log("ERROR", "publish failed", { stage: "member change", organizationId, uid }, error);
  }
}

function assertNotElsewhere({ uid, claims }: Account, organizationId: string): void {
  const current = claims.organizationId;
  if (current === undefined || current === organizationId) return;
  throw new FaultlineError(
    "id-taken",
    `uid: ${uid} belongs to another organization, which has to let them go first.`,
    { field: "uid" },
  );
}

function assertClaimsFit({ claims: current }: Account, claims: Claims): void {
  const { length } = JSON.stringify(mergedClaims(current, claims));
  if (length <= claimsLimit) return;
  const field = claims.buildingIds ? "buildingIds" : "campusIds";
  throw new FaultlineError(
    "body-invalid",
    `${field}: the scope makes ${length} characters of claims, at most ${claimsLimit} fit; name fewer or whole campuses.`,
    { field },
  );
}

function unknownUser(uid: string): never {
  throw new FaultlineError("member-unknown", `uid: there is no user ${uid}; they have to sign up first.`, {
    field: "uid",
  });
}
