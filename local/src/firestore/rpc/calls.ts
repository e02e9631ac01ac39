// gRPC calls as plain functions: what a handler returns is the answer, what it throws is the status.
import { Metadata, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from "@grpc/grpc-js";
import { statusOf } from "../wire/status.ts";

/** Answers a unary call with what `handle` returns, or with the status of what it throws. */
export function unary<Q>(handle: (request: Q) => object | Promise<object>) {
  return async (call: ServerUnaryCall<Q, object>, reply: sendUnaryData<object>): Promise<void> => {
    try {
      reply(null, await handle(call.request));
    } catch (error) {
      reply(statusOf(error));
    }
  };
}

/** Streams what `handle` returns; the signal aborts when the client gives up before that. */
export function serverStream<Q>(handle: (request: Q, signal: AbortSignal) => Promise<readonly object[]>) {
  return async (call: ServerWritableStream<Q, object>): Promise<void> => {
    const gone = new AbortController();
    call.on("cancelled", () => gone.abort());
    try {
      for (const response of await handle(call.request, gone.signal)) call.write(response);
      call.end();
    } catch (error) {
      // To a stream that fails before its headers the client library reacts with two more attempts and seconds
      // of waiting, whatever the status.
      call.sendMetadata(new Metadata());
      call.emit("error", statusOf(error));
    }
  };
}
