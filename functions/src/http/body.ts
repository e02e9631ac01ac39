/** The JSON body of a request, read within bounds. */
import type { IncomingMessage } from "node:http";
import { FaultlineError } from "@faultline/contract";
import type { Request } from "express";

/** The longest body of most requests. */
export const bodyLimit = 64 * 1024;
/** The longest body of a building, whose outline can be long; a Firestore document holds no more. */
export const buildingBodyLimit = 1024 * 1024;

/**
 * The parsed body; `{}` when there is none. Throws `body-too-large`, `media-type-unsupported` or `json-invalid`. The
 * Functions runtime has read the body already and kept its bytes in `rawBody`; elsewhere it is read here.
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const bytes = rawBodyOf(request) ?? (await readBytes(request, limit));
  if (bytes.length > limit) throw tooLarge(limit);
  if (bytes.length === 0) return {};
  assertJsonType(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FaultlineError("json-invalid", "body: not valid JSON.", { field: "body", cause });
  }
}

function rawBodyOf(request: Request): Buffer | undefined {
  return "rawBody" in request && Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined;
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw refuseRest(request, limit);
  if (request.headers["content-encoding"]) throw unsupported("Content-Encoding");
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > limit) throw refuseRest(request, limit);
  }
  return Buffer.concat(chunks);
}

/** The answer goes out while the rest is thrown away unread. */
function refuseRest(request: IncomingMessage, limit: number): FaultlineError {
  request.resume();
  return tooLarge(limit);
}

function tooLarge(limit: number): FaultlineError {
  return new FaultlineError("body-too-large", `body: at most ${limit} bytes are taken.`, { field: "body" });
}

function assertJsonType(request: Request): void {
  const [type = "", ...parameters] = (request.get("Content-Type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() !== "application/json" || !isUtf8) throw unsupported("Content-Type");
}

function unsupported(field: string): FaultlineError {
  return new FaultlineError(
    "media-type-unsupported",
    `${field}: send application/json in UTF-8, unencoded.`,
    {
      field,
    },
  );
}
