/** The users of Firebase Auth, as far as membership goes. */
import { type Claims, claimsSchema } from "@faultline/contract";

export interface Account {
  readonly uid: string;
  readonly name: string | null;
  /** Its custom claims, ours and others'. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface Accounts {
  find(uid: string): Promise<Account | undefined>;
  /** Replaces ours among the account's custom claims (null: removes them). */
  setClaims(account: Account, claims: Claims | null): Promise<void>;
}

const ourClaims: ReadonlySet<string> = new Set(Object.keys(claimsSchema.shape));

/** The account's claims with ours replaced; others' stay as they are. */
export function mergedClaims(current: Account["claims"], claims: Claims | null): Record<string, unknown> {
  const others = Object.entries(current).filter(([name]) => !ourClaims.has(name));
  return { ...Object.fromEntries(others), ...claims };
}
