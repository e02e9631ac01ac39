/** The trace of the request that is being served, so that what it changes can be followed to whoever watches. */
import { AsyncLocalStorage } from "node:async_hooks";
import { traceparentSchema } from "@faultline/contract";

const traces = new AsyncLocalStorage<string>();

/** Calls `serve` within the trace that a `traceparent` header names; within none when it is malformed or missing. */
export function withTrace<T>(traceparent: string | undefined, serve: () => T): T {
  const { data } = traceparentSchema.safeParse(traceparent);
  return data === undefined ? serve() : traces.run(data, serve);
}

/** The `traceparent` of the request that is being served, if there is one. */
export function currentTrace(): string | undefined {
  return traces.getStore();
}
