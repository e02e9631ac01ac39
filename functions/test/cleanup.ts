/** Ends what a helper has started, whether a test called it or the file around its tests. */
import { afterAll, onTestFinished, TestRunner } from "vitest";

/** Calls `end` after the running test, or after the file's tests. A test that sets `afterAll` is never heard. */
export function cleanUp(end: () => unknown): void {
  const hook = async () => {
    await end();
  };
  if (TestRunner.getCurrentTest()) onTestFinished(hook);
  else afterAll(hook);
}
