/** What is under way and must be over before the service it uses is let go. */

export interface Pending {
  /** Gives back the very promise. */
  track<T>(promise: Promise<T>): Promise<T>;
  /** Resolves when all that was tracked so far is over, well or badly. */
  settled(): Promise<void>;
}

export function createPending(): Pending {
  const promises = new Set<Promise<unknown>>();
  return {
    track(promise) {
      promises.add(promise);
      const forget = () => promises.delete(promise);
      promise.then(forget, forget);
      return promise;
    },
    async settled() {
      await Promise.allSettled(promises);
    },
  };
}
