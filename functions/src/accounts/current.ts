/** Refuses tokens that say what their member no longer is: a token outlives the claims it was issued with by an hour. */
import { FaultlineError, isOutdated, type MemberChange } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import { bounded } from "../bounded.ts";
import { log } from "../log.ts";

export interface CurrentOptions {
  readonly verify: Verifier;
  /** The newest change of a member, if there was one lately. */
  readonly newestChange: (uid: string) => Promise<MemberChange | undefined>;
  /** How long a request waits for that. Default 250. */
  readonly timeoutMs?: number;
}

/**
 * A verifier that also rejects with `token-outdated`. It believes the token while `newestChange` does not answer: a
 * Redis that is out must not lock everybody out.
 */
export function verifyCurrent(options: CurrentOptions): Verifier {
  const { verify, newestChange, timeoutMs = 250 } = options;
  let isUnchecked = false;
  const find = async (uid: string): Promise<MemberChange | undefined> => {
    try {
      const change = await bounded(newestChange(uid), timeoutMs);
      isUnchecked = false;
      return change;
    } catch (error) {
      if (!isUnchecked) log("WARNING", "members unchecked", {}, error);
      isUnchecked = true;
    }
  };
  return async (token) => {
    const principal = await verify(token);
    const change = await find(principal.uid);
    if (!change || !isOutdated(principal, change)) return principal;
    throw new FaultlineError(
      "token-outdated",
      "Your role or scope has changed since this ID token was issued; get a fresh one.",
      { field: "token" },
    );
  };
}
