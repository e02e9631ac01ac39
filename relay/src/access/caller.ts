/** Who sends an HTTP request. */
import type { IncomingMessage } from "node:http";
import type { Principal } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import { assertCurrent, type MemberChanges } from "./changes.ts";
import type { Tickets } from "./tickets.ts";

/** By the ID token of `Authorization: Bearer`, else by `ticket`. Throws a 401 or 403 `FaultlineError`. */
export type Authenticate = (request: IncomingMessage, ticket?: string) => Promise<Principal>;

/** `verify` refuses outdated tokens; a ticket may have become outdated since it was issued. */
export function createAuthenticate(
  verify: Verifier,
  tickets: Tickets,
  changes: Pick<MemberChanges, "find">,
): Authenticate {
  return async (request, ticket) => {
    const token = bearerToken(request);
    if (token !== undefined || ticket === undefined) return verify(token);
    return assertCurrent(await tickets.redeem(ticket), changes);
  };
}

export function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
}
