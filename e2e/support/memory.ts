/** What a process held, time after time, and whether that grew. */

export interface Memory {
  readonly heapMiB: number;
  readonly rssMiB: number;
}

/** What may be held more at the end than in the beginning. */
export type Allowance = Memory;

/**
 * What grew beyond its allowance, in words: from the mean of the first third to that of the last, since what is resident
 * goes up and down with the garbage.
 */
export function growthOf(memory: readonly Memory[], allowance: Allowance): readonly string[] {
  if (memory.length < 2) return ["the memory was not measured"];
  const third = Math.max(1, Math.floor(memory.length / 3));
  const grown = (of: (memory: Memory) => number) =>
    mean(memory.slice(-third).map(of)) - mean(memory.slice(0, third).map(of));
  const [heap, rss] = [grown(({ heapMiB }) => heapMiB), grown(({ rssMiB }) => rssMiB)];
  return [
    ...(heap > allowance.heapMiB ? [`the heap grew by ${heap.toFixed(1)} MiB`] : []),
    ...(rss > allowance.rssMiB ? [`the resident memory grew by ${rss.toFixed(1)} MiB`] : []),
  ];
}

/** The slopes of the lines through the measurements, by least squares, in KiB for each thousand of `at`. */
export function slopeOf(
  at: readonly number[],
  memory: readonly Memory[],
): { readonly heapKiB: number; readonly rssKiB: number } {
  const of = (values: readonly number[]) => Math.round(leastSquares(at, values) * 1_024 * 1_000 * 10) / 10;
  return {
    heapKiB: of(memory.map(({ heapMiB }) => heapMiB)),
    rssKiB: of(memory.map(({ rssMiB }) => rssMiB)),
  };
}

function leastSquares(xs: readonly number[], ys: readonly number[]): number {
  const [x, y] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, value, at) => sum + (value - x) * ((ys[at] ?? 0) - y), 0);
  return covariance / xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
