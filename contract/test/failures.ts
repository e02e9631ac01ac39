import { FaultlineError } from "../src/errors.ts";

/** The `FaultlineError` that `attempt` throws; anything else fails the test. */
export function failureOf(attempt: () => unknown): FaultlineError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof FaultlineError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
