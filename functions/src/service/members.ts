/** Members: role and scope, kept in the organization and copied into the custom claims that tokens carry. */
import {
  assertCan,
  type Claims,
  claimsLimit,
  FaultlineError,
  type Member,
  type Principal,
  type PutMember,
} from "@faultline/contract";
import { type Account, type Accounts, mergedClaims } from "../accounts/accounts.ts";
import type { Store } from "../store/index.ts";
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
}

/**
 * The document is written before the claims: it is where the last admin is protected. When the claims then fail the
 * caller gets an error, and the same request again completes them.
 */
export function createMemberService({ store, accounts }: MemberDeps): MemberService {
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
    },
  };
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
