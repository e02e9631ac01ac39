/** What many measured values come to. */

export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly longest: number;
}

/** Rounded to tenths. Of no values, everything is 0. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  // The nearest rank: the smallest value that at least this share of them does not exceed.
  const at = (share: number) => tenths(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: at(1) };
}

export const tenths = (value: number): number => Math.round(value * 10) / 10;

export const mebibytes = (bytes: number): number => tenths(bytes / 2 ** 20);
