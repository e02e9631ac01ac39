/** Chance from a seed: the same seed makes the same decisions again. */

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `below`. */
  integer(below: number): number;
  /** From `least` up to, not including, `most`. */
  between(range: readonly [least: number, most: number]): number;
  /** True in this share of all cases. */
  chance(share: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  pick<T>(items: readonly T[]): T | undefined;
  shuffle<T>(items: readonly T[]): T[];
  /**
   * A generator of its own, which follows from the seed and this name alone: however the threads of a run interleave,
   * each of them draws the same.
   */
  fork(name: string): Random;
}

export function createRandom(seed: number, name = ""): Random {
  const next = mulberry32(hash(`${seed}/${name}`));
  const integer = (below: number) => Math.floor(next() * below);
  return {
    next,
    integer,
    between: ([least, most]) => least + next() * (most - least),
    chance: (share) => next() < share,
    pick: <T>(items: readonly T[]) => items[integer(items.length)] as T,
    shuffle: (items) =>
      items
        .map((item) => ({ item, rank: next() }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item),
    fork: (child) => createRandom(seed, `${name}/${child}`),
  };
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value;
}
