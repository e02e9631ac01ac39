/** Stream tickets: a browser's EventSource can send no header, and a token must never be in a URL. */
import { createHash, randomBytes } from "node:crypto";
import { claimsSchema, FaultlineError, type Principal, redisKeys, uidSchema } from "@faultline/contract";
import type { Redis } from "ioredis";
import { z } from "zod";
import { type Clock, isoTime } from "../base/clock.ts";
import { available } from "../base/deadline.ts";

export interface Ticket {
  readonly ticket: string;
  readonly expiresAt: string;
}

export interface Tickets {
  issue(principal: Principal): Promise<Ticket>;
  /** Who the ticket was issued to. Throws `ticket-invalid` unless it is known, fresh and was never redeemed. */
  redeem(ticket: string): Promise<Principal>;
}

/** How long a ticket is good for. */
export const ticketSeconds = 30;

const principalSchema = claimsSchema.extend({
  uid: uidSchema,
  name: z.string().optional(),
  issuedAt: z.number(),
  expiresAt: z.number(),
});

/** Kept in Redis, so that any relay redeems what any other issued; hashed, so that reading Redis gives no ticket. */
export function createTickets(
  redis: Pick<Redis, "set" | "getdel">,
  clock: Clock,
  lifetimeSeconds = ticketSeconds,
): Tickets {
  return {
    async issue(principal) {
      const ticket = randomBytes(32).toString("base64url");
      const stored = redis.set(keyOf(ticket), JSON.stringify(principal), "EX", lifetimeSeconds);
      await available("The ticket store", stored);
      return { ticket, expiresAt: isoTime(clock.now() + lifetimeSeconds * 1_000) };
    },
    async redeem(ticket) {
      const stored = await available("The ticket store", redis.getdel(keyOf(ticket)));
      const principal = stored === null ? undefined : parsePrincipal(stored);
      if (principal && principal.expiresAt * 1_000 > clock.now()) return principal;
      throw new FaultlineError("ticket-invalid", "The ticket is unknown, used or expired; get a new one.", {
        field: "ticket",
      });
    },
  };
}

function keyOf(ticket: string): string {
  return redisKeys.ticket(createHash("sha256").update(ticket).digest("hex"));
}

function parsePrincipal(text: string): Principal {
  const { name, ...principal } = principalSchema.parse(JSON.parse(text));
  return { ...principal, ...(name !== undefined && { name }) };
}
