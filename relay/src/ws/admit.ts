/** Who may connect, by the token that is shown when the line is open. */
import type { ErrorBody, Principal } from "@faultline/contract";
import type { Logger } from "pino";
import { refusalOf } from "../http/refusal.ts";
import type { ConversationOptions } from "./conversation.ts";

/** What the client is told: Socket.IO's CONNECT_ERROR has a message and data. */
export interface Rejection {
  readonly message: string;
  readonly data: ErrorBody;
}

/** Whom the token of `auth` is of, which is whatever the client sent. Rejects when it may not connect. */
export async function admit(
  auth: object | undefined,
  { verify, connections }: ConversationOptions,
): Promise<Principal> {
  const token: unknown = auth && Reflect.get(auth, "token");
  const principal = await verify(typeof token === "string" ? token : undefined);
  connections.assertFits(principal);
  return principal;
}

/** Counts the refusal; gives what the client is told. */
export function rejectionOf(
  error: unknown,
  logger: Logger,
  { services: { metrics } }: ConversationOptions,
): Rejection {
  const refusal = refusalOf(error, logger);
  metrics.refused("socket", refusal.reason);
  if (refusal.code === "unauthenticated") metrics.authenticationFailed(refusal.reason);
  return { message: refusal.message, data: refusal.toBody() };
}
