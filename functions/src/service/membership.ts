/** A user's claims follow the document of their membership, and the relays hear of it. */
import {
  type Claims,
  claimsLimit,
  claimsSchema,
  FaultlineError,
  type Member,
  type MemberChange,
  sameClaims,
} from "@faultline/contract";
import { type Account, type Accounts, mergedClaims } from "../accounts/accounts.ts";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import type { Store } from "../store/index.ts";

/** Tells the relays, unless they were told just this; `isNew` says that the claims were another's until now. */
export type Tell = (change: Omit<MemberChange, "at">, isNew: boolean) => Promise<void>;

export interface MembershipDeps {
  readonly store: Pick<Store, "members">;
  readonly accounts: Accounts;
  readonly tell: Tell;
}

/**
 * Resolves when the claims are what the document says and the relays were told. Rejects with `body-invalid` when claims
 * can't hold the member's scope, with `contended` when the document does not come to rest. A user who is another
 * organization's member is left alone.
 */
export type FollowMember = (organizationId: string, uid: string) => Promise<void>;

/** How often the document may have changed again. */
const attempts = 5;

/**
 * Whoever has set claims or told looks again whether that is still so. The last to do so has therefore seen the newest
 * document, however API calls and late triggers overtake each other.
 */
export function createFollowMember(deps: MembershipDeps): FollowMember {
  return async (organizationId, uid) => {
    const look = async () => ({
      claims: await claimsIn(deps, organizationId, uid),
      account: await deps.accounts.find(uid),
    });
    let seen = await look();
    if (isElsewhere(seen.account, organizationId)) {
      if (seen.claims) log("WARNING", "member elsewhere", { organizationId, uid });
      return;
    }
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { claims, account } = seen;
      await settle(deps, { uid, organizationId, claims }, account);
      seen = await look();
      if (isElsewhere(seen.account, organizationId)) return tellTheirs(deps, seen.account);
      if (sameClaims(claims, seen.claims)) return;
    }
    throw new FaultlineError("contended", "The member is being changed by others; try again.");
  };
}

/** Tells with the time at which it does so: every token that was issued until then may hold the old claims. */
export function createTell(
  publisher: Pick<Publisher, "memberChange" | "publishMemberChange">,
  now: () => Date = () => new Date(),
): Tell {
  return async (change, isNew) => {
    const told = isNew ? undefined : await publisher.memberChange(change.uid);
    if (told && sameClaims(told.claims, change.claims)) return;
    await publisher.publishMemberChange({ ...change, at: now().toISOString() });
  };
}

/** Throws `body-invalid` when the account's claims would be longer than Firebase Auth takes. */
export function assertClaimsFit({ claims: current }: Account, claims: Claims): void {
  const { length } = JSON.stringify(mergedClaims(current, claims));
  if (length <= claimsLimit) return;
  const field = claims.buildingIds ? "buildingIds" : "campusIds";
  throw new FaultlineError(
    "body-invalid",
    `${field}: the scope makes ${length} characters of claims, at most ${claimsLimit} fit; name fewer or whole campuses.`,
    { field },
  );
}

/** Whether the account is a member of another organization. */
export function isElsewhere(account: Account | undefined, organizationId: string): boolean {
  const current = account?.claims.organizationId;
  return current !== undefined && current !== organizationId;
}

/** The claims that the document gives; null without one. A malformed one makes nobody a member. */
async function claimsIn(
  { store }: MembershipDeps,
  organizationId: string,
  uid: string,
): Promise<Claims | null> {
  const member = await store.members.get(organizationId, uid);
  return member ? claimsOf(organizationId, member) : null;
}

function claimsOf(organizationId: string, { uid: _uid, name: _name, ...granted }: Member): Claims {
  return { organizationId, ...granted };
}

/** Without an account there is nothing to set, and of a member without one nothing to tell. */
async function settle(
  { accounts, tell }: MembershipDeps,
  change: Omit<MemberChange, "at">,
  account: Account | undefined,
): Promise<void> {
  const { claims } = change;
  if (!account && claims) return;
  const isNew = account !== undefined && !sameClaims(current(account), claims);
  if (isNew) {
    if (claims) assertClaimsFit(account, claims);
    await accounts.setClaims(account, claims);
  }
  await tell(change, isNew);
}

function current({ claims }: Account): Claims | null {
  return claimsSchema.safeParse(claims).data ?? null;
}

/** The member moved while we told of ours: the other organization's word has to be the last. */
async function tellTheirs({ tell }: MembershipDeps, account: Account | undefined): Promise<void> {
  const claims = account && current(account);
  if (claims) await tell({ uid: account.uid, organizationId: claims.organizationId, claims }, false);
}
