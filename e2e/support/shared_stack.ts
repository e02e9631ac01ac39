/** The stack that files share which can live with what others did to it. */
import { inject } from "vitest";
import type { Stack } from "./stack.ts";

/**
 * The run's shared stack; the first who asks waits until it has started. Files have it one after the other. Whoever uses
 * it leaves its parts, the demo users' rights and the demo buildings as they are, counts only what changes meanwhile, and
 * cleans nothing up. Everything else needs a stack of its own: `startStackUnderTest`.
 */
export async function sharedStack(): Promise<Stack> {
  const response = await fetch(inject("sharedStackUrl"));
  if (!response.ok) throw new Error(`The shared stack could not be started: ${await response.text()}`);
  return (await response.json()) as Stack;
}
