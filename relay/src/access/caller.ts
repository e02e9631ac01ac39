/** Who sends an HTTP request. */
import type { IncomingMessage } from "node:http";
import type { Principal } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import type { Tickets } from "./tickets.ts";

/** By the ID token of `Authorization: Bearer`, else by `ticket`. Throws a 401 or 403 `FaultlineError`. */
export type Authenticate = (request: IncomingMessage, ticket?: string) => Promise<Principal>;

export function createAuthenticate(verify: Verifier, tickets: Tickets): Authenticate {
  return async (request, ticket) => {
    const token = bearerToken(request);
    return token === undefined && ticket !== undefined ? tickets.redeem(ticket) : verify(token);
  };
}

export function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1];
}
