/** Ends what a helper has started, whether a test called it or the file around its tests. */
import { afterAll, onTestFinished } from "vitest";
import { getCurrentTest } from "vitest/suite";

/** Calls `end` after the running test, or after the file's tests. A test that sets `afterAll` is never heard. */
export function cleanUp(end: () => unknown): void {
  const hook = async () => {
    await end();
  };
  if (getCurrentTest()) onTestFinished(hook);
  else afterAll(hook);
}
