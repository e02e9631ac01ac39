/** Names that nobody else has. */

/** Good as an idempotency key; `crypto.randomUUID` is there only on pages with HTTPS. */
export function newKey(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
