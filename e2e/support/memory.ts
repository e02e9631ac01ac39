/** What a process held, time after time, and whether that grew. */

export interface Memory {
  readonly heapMiB: number;
  readonly rssMiB: number;
}

/** What may be held more at the end than in the beginning. */
export type Allowance = Memory;

/** What grew beyond its allowance from the first to the last, in words. */
export function growthOf(memory: readonly Memory[], allowance: Allowance): readonly string[] {
  const [first, last] = [memory[0], memory.at(-1)];
  if (!first || !last) return ["the memory was not measured"];
  const grown = { heap: last.heapMiB - first.heapMiB, rss: last.rssMiB - first.rssMiB };
  return [
    ...(grown.heap > allowance.heapMiB ? [`the heap grew by ${grown.heap} MiB`] : []),
    ...(grown.rss > allowance.rssMiB ? [`the resident memory grew by ${grown.rss} MiB`] : []),
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
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const covariance = xs.reduce((sum, value, at) => sum + (value - x) * ((ys[at] ?? 0) - y), 0);
  return covariance / xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
}
