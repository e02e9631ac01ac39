// What a request can end with besides success: a gRPC status code and a sentence that says what to change.
import { status } from "@grpc/grpc-js";

/** An error that reaches the client with its gRPC status code. */
export class RpcError extends Error {
  override readonly name = "RpcError";

  constructor(
    readonly code: status,
    message: string,
  ) {
    super(message);
  }
}

export const invalidArgument = (message: string) => new RpcError(status.INVALID_ARGUMENT, message);
export const notFound = (message: string) => new RpcError(status.NOT_FOUND, message);
export const alreadyExists = (message: string) => new RpcError(status.ALREADY_EXISTS, message);
export const failedPrecondition = (message: string) => new RpcError(status.FAILED_PRECONDITION, message);
export const aborted = (message: string) => new RpcError(status.ABORTED, message);

/** The status of any thrown thing; one that is not ours is INTERNAL, with its message for the developer. */
export function statusOf(error: unknown): { readonly code: status; readonly details: string } {
  if (error instanceof RpcError) return { code: error.code, details: error.message };
  return { code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) };
}
