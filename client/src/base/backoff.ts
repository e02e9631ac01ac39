/** How long to wait before trying again. */

export interface Backoff {
  /** The longest that the first wait can be. */
  readonly firstMs: number;
  /** The longest that any wait can be. */
  readonly longestMs: number;
}

/** Full jitter: anything up to a limit that doubles, so that many who failed together do not come back together. */
export function backoffMs({ firstMs, longestMs }: Backoff, failures: number, random: () => number): number {
  const limit = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return Math.round(random() * limit);
}
