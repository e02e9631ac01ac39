/** A token's signature is checked once: whoever reconnects, or asks again, mostly shows the same token. */
import { createHash } from "node:crypto";
import type { Principal } from "@faultline/contract";
import type { Verifier } from "./verifier.ts";

export interface VerifyOnceOptions {
  /** How many tokens are remembered; the oldest are forgotten first. Default 20,000, some 10 MB. */
  readonly limit?: number;
  /** Milliseconds since 1970. Default the system's. */
  readonly now?: () => number;
}

interface Remembered {
  readonly principal: Promise<Principal>;
  /** Seconds since 1970; Infinity until it is known. */
  expiresAt: number;
}

/**
 * A verifier that asks `verify` once for each token, also when many show it at the same time, until it expires. What was
 * refused is not remembered. Tokens are remembered by their hash, never as they are.
 */
export function verifyOnce(verify: Verifier, options: VerifyOnceOptions = {}): Verifier {
  const { limit = 20_000, now = Date.now } = options;
  const remembered = new Map<string, Remembered>();

  const ask = (token: string, key: string): Promise<Principal> => {
    const entry: Remembered = { principal: verify(token), expiresAt: Number.POSITIVE_INFINITY };
    remembered.set(key, entry);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= limit) break;
      remembered.delete(oldest);
    }
    entry.principal.then(
      ({ expiresAt }) => {
        entry.expiresAt = expiresAt;
      },
      () => {
        if (remembered.get(key) === entry) remembered.delete(key);
      },
    );
    return entry.principal;
  };
  return async (token) => {
    if (typeof token !== "string" || token === "") return verify(token);
    const key = createHash("sha256").update(token).digest("base64");
    const known = remembered.get(key);
    if (known && known.expiresAt * 1_000 > now()) return known.principal;
    remembered.delete(key);
    return ask(token, key);
  };
}
