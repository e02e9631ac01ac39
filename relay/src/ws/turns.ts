/** One thing after another. */

/** Runs `act` after those before it; gives false, and drops it, when too many wait. `act` MUST NOT reject. */
export type InTurn = (act: () => Promise<void>) => boolean;

export function createTurns(mostWaiting: number): InTurn {
  let last = Promise.resolve();
  let waiting = 0;
  return (act) => {
    if (waiting >= mostWaiting) return false;
    waiting += 1;
    last = last.then(act).then(() => {
      waiting -= 1;
    });
    return true;
  };
}
