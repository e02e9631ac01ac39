/** Nothing a client waits for may wait for ever. */
import { FaultlineError } from "@faultline/contract";

/** How long a service this depends on may take before a client is told `unavailable`. */
export const serviceDeadlineMs = 5_000;

/** `promise`, or `unavailable` when it fails or takes longer than `serviceDeadlineMs`. `what` names the service. */
export async function available<T>(what: string, promise: Promise<T>): Promise<T> {
  try {
    return await within(serviceDeadlineMs, promise);
  } catch (cause) {
    if (cause instanceof FaultlineError) throw cause;
    throw new FaultlineError("unavailable", `${what} is out of reach just now; try again.`, { cause });
  }
}

/** `promise`, or a rejection after `ms`. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
