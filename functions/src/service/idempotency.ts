/** Idempotency keys: the id of an issue follows from who created it under which key. */
import { createHash } from "node:crypto";
import type { Principal } from "@faultline/contract";
import { z } from "zod";

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters");

/** 40 hex digits of SHA-256 over organization, user and key; nobody else's key can give the same id. */
export function issueIdOf({ organizationId, uid }: Principal, key: string): string {
  return createHash("sha256")
    .update(JSON.stringify([organizationId, uid, key]))
    .digest("hex")
    .slice(0, 40);
}
