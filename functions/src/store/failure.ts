/** Firestore's failures in the terms of the contract. */
import { FaultlineError } from "@faultline/contract";

/** The gRPC status codes that are told apart. */
const status = {
  deadlineExceeded: 4,
  alreadyExists: 6,
  resourceExhausted: 8,
  aborted: 10,
  unavailable: 14,
} as const;

/** What a failed call of Firestore is to a caller; what is not understood stays as it is. */
export function toStoreError(error: unknown): unknown {
  switch (statusOf(error)) {
    // A version that a writer past the API has set back has its entry already, until the trigger has repaired it.
    case status.alreadyExists:
    case status.aborted:
      return new FaultlineError("contended", "Too many writers at once; try again.", { cause: error });
    case status.unavailable:
    case status.deadlineExceeded:
    case status.resourceExhausted:
      return new FaultlineError("unavailable", "The database is out of reach; try again.", { cause: error });
    default:
      return error;
  }
}

export function isAlreadyExists(error: unknown): boolean {
  return statusOf(error) === status.alreadyExists;
}

/** The port with every method's failures told as `FaultlineError`s. */
export function withStoreErrors<T extends object>(port: T): T {
  const methods = Object.entries(port).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await method(...args);
      } catch (error) {
        throw toStoreError(error);
      }
    },
  ]);
  return Object.fromEntries(methods);
}

function statusOf(error: unknown): unknown {
  if (error instanceof FaultlineError) return undefined;
  return error instanceof Error && "code" in error ? error.code : undefined;
}
