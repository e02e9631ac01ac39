/** How a change of a member reaches live connections: what the API tells the relays. */
import { z } from "zod";
import { idSchema, timeSchema, uidSchema } from "./base.ts";
import { claimsSchema } from "./identity.ts";

/** The name under which a change of a member travels between servers (Socket.IO's `serverSideEmit`). */
export const memberChangeName = "faultline:member";

/**
 * What a member is from now on. Tokens issued before `at` say something older: they are refused, and connections that
 * were opened with one are held to `claims`.
 */
export const memberChangeSchema = z.object({
  uid: uidSchema,
  organizationId: idSchema,
  /** Null when the member was removed. */
  claims: claimsSchema.nullable(),
  at: timeSchema,
});
export type MemberChange = z.infer<typeof memberChangeSchema>;

/** How long a change is kept in Redis, in seconds: as long as a token that was issued before it can live. */
export const memberChangeSeconds = 3_600 + 60;
