/**
 * Why the relay ends a connection. Both transports say so before they end: Socket.IO as the event "session:closed", a
 * stream as the record of that name, each with a `Close`.
 */
import { z } from "zod";

interface CloseEntry {
  /** What the client should do: "now" and "later" come back with the last position, "token" needs a fresh token first. */
  readonly retry: "now" | "later" | "token" | "never";
  readonly meaning: string;
}

/** A reason is never renamed or reused. */
export const closes = {
  "token-expired": { retry: "token", meaning: "The ID token expired and no fresh one was sent in time." },
  "access-revoked": { retry: "never", meaning: "The member was removed from the organization." },
  "access-changed": {
    retry: "token",
    meaning: "The member's role, scope or organization changed: come back with a fresh token.",
  },
  "slow-consumer": { retry: "now", meaning: "Too much was waiting to be read; come back and resume." },
  "rate-limited": { retry: "later", meaning: "The client sent more than it may." },
  "message-invalid": { retry: "never", meaning: "The client sent what is no message of the protocol." },
  draining: { retry: "later", meaning: "The relay is being replaced." },
  rotation: { retry: "now", meaning: "The connection is as old as the platform lets one become." },
  overloaded: { retry: "later", meaning: "The relay sheds load." },
} as const satisfies Record<string, CloseEntry>;

export type CloseReason = keyof typeof closes;

/** What a client is told before its connection is ended. */
export interface Close {
  readonly reason: CloseReason;
  readonly retry: CloseEntry["retry"];
  /** How long to wait before coming back, in milliseconds; jittered by the relay. */
  readonly retryAfterMs: number;
}

export const closeSchema = z.object({
  reason: z.enum(Object.keys(closes) as [CloseReason, ...CloseReason[]]),
  retry: z.enum(["now", "later", "token", "never"]),
  retryAfterMs: z.number(),
});

/** The close for a reason; `retryAfterMs` 0 by default. */
export function closeOf(reason: CloseReason, retryAfterMs = 0): Close {
  return { reason, retry: closes[reason].retry, retryAfterMs };
}
