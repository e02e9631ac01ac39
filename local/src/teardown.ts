/** What was started and has to be ended again. */
export interface Teardown {
  /** Remembers how to end something that was just started. */
  add(end: () => Promise<unknown>): void;
  /** Ends everything, newest first, each although another one failed; then rejects with the first failure. */
  run(): Promise<void>;
}

export function createTeardown(): Teardown {
  const ends: (() => Promise<unknown>)[] = [];
  return {
    add: (end) => ends.push(end),
    async run() {
      const failures: unknown[] = [];
      for (let end = ends.pop(); end; end = ends.pop())
        await end().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}
