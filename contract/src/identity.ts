import { z } from "zod";
import { idSchema, uidSchema } from "./base.ts";

export const roles = ["viewer", "reporter", "technician", "manager", "admin"] as const;
export type Role = (typeof roles)[number];
export const roleSchema = z.enum(roles);

/** A list of ids that limits a member. Custom claims are at most 1,000 characters in all, hence the bound. */
const scopeSchema = z.array(idSchema).min(1).max(30);

/** The custom claims of an ID token. Without `campusIds` and `buildingIds` the member sees the whole organization. */
export const claimsSchema = z.object({
  organizationId: idSchema,
  role: roleSchema,
  campusIds: scopeSchema.optional(),
  buildingIds: scopeSchema.optional(),
});
export type Claims = z.infer<typeof claimsSchema>;

/** Who is asking, as a verified ID token says. */
export interface Principal extends Claims {
  readonly uid: string;
  /** The display name, when the token has one. */
  readonly name?: string;
  /** When the token was issued, in whole seconds since 1970. */
  readonly issuedAt: number;
  /** When the token expires, in seconds since 1970. */
  readonly expiresAt: number;
}

/** The longest that custom claims may be, as JSON (a limit of Firebase Auth). */
export const claimsLimit = 1_000;

export const memberSchema = z.strictObject({
  uid: uidSchema,
  name: z.string().nullable(),
  role: roleSchema,
  campusIds: scopeSchema.optional(),
  buildingIds: scopeSchema.optional(),
});
export type Member = z.infer<typeof memberSchema>;

export const putMemberSchema = z.strictObject({
  role: roleSchema,
  campusIds: scopeSchema.optional(),
  buildingIds: scopeSchema.optional(),
});
export type PutMember = z.infer<typeof putMemberSchema>;
