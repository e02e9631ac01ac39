/** What can be wrong with what a client was given. */

export const problemKinds = {
  missed: "An event of one of its rooms never came.",
  repeated: "An event came twice.",
  wentBack: "An event of an older version came after a newer one.",
  foreign: "It was given what is of no room of its own, or was never committed.",
  differs: "What it ends up with is not what Firestore has.",
} as const;
export type ProblemKind = keyof typeof problemKinds;

export interface Problem {
  readonly kind: ProblemKind;
  readonly what: string;
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
}

/** When an entry was appended: the first half of its position, by Redis's clock, which is ours here. */
export function timeOf(position: string): number {
  return Number.parseInt(position, 10);
}
