/** The id of an issue that is reported under an idempotency key. */
import type { Principal } from "@faultline/contract";
import { hex } from "../base/key.ts";

/**
 * The id that the server will give. Where there is no Web Crypto (a page without HTTPS), an id of this page's own: then
 * the issue that is shown until the answer is another than the one after it.
 */
export async function reportId({ organizationId, uid }: Principal, key: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return `pending-${key}`;
  const bytes = new TextEncoder().encode(JSON.stringify([organizationId, uid, key]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hex(digest.slice(0, 20));
}
