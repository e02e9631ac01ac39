/** At least `ms` and at most twice that, so that many who are sent away at once do not come back at once. */
export function jittered(ms: number): number {
  return Math.round(ms * (1 + Math.random()));
}
