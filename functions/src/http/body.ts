/** The JSON body of a request, read within bounds. */
import type { IncomingMessage } from "node:http";
import { FaultlineError } from "@faultline/contract";
import type { Request } from "express";

/** The longest body of most requests. */
export const bodyLimit = 64 * 1024;

/**
 * The parsed body; `{}` when there is none. Throws `body-too-large`, `media-type-unsupported` or `json-invalid`. The
 * Functions runtime has read the body already and kept its bytes in `rawBody`; elsewhere it is read here.
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const bytes = rawBodyOf(request) ?? (await readBytes(request, limit));
  assertBodySize(bytes.length, limit);
  if (bytes.length === 0) return {};
  assertJsonType(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FaultlineError("json-invalid", "body: not valid JSON.", { field: "body", cause });
  }
}

/** Throws `body-too-large`. */
export function assertBodySize(length: number, limit: number): void {
  if (length <= limit) return;
  throw new FaultlineError("body-too-large", `body: at most ${limit} bytes are taken.`, { field: "body" });
}

function rawBodyOf(request: Request): Buffer | undefined {
  return "rawBody" in request && Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined;
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (request.headers["content-encoding"]) throw unsupported("Content-Encoding");
  try {
    assertBodySize(Number(request.headers["content-length"] ?? 0), limit);
    return await collect(request, limit);
  } catch (error) {
    // The answer goes out while the rest is thrown away unread.
    request.resume();
    if (error instanceof FaultlineError) throw error;
    throw new FaultlineError("json-invalid", "body: ended early.", { field: "body", cause: error });
  }
}

async function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    length += chunk.length;
    assertBodySize(length, limit);
  }
  return Buffer.concat(chunks);
}

function assertJsonType(request: Request): void {
  const [type = "", ...parameters] = (request.get("Content-Type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() !== "application/json" || !isUtf8) throw unsupported("Content-Type");
}

function unsupported(field: string): FaultlineError {
  const message = `${field}: send application/json in UTF-8, unencoded.`;
  return new FaultlineError("media-type-unsupported", message, { field });
}
