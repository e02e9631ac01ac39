/**
 * A write straight to the kernel, past Node.js's streams: what they do for every write (request objects, ticks, callbacks)
 * costs about as much as the write itself, and a sweep is nothing but writes of bytes that are ready.
 *
 * It rests on what Node.js does not document: the handle below a socket, and the request that its own streams use. What
 * of that is missing, in another version, is found out once, and then everybody takes the public way, `socket.write`.
 */
import type { Socket } from "node:net";

/**
 * Writes the bytes after all that the socket was given before, which MUST have left Node.js. Gives how many of them the
 * kernel did not take at once: then `writer` is told when they have gone or will never go. Undefined when this can't be
 * done, and nothing has been written: then the public way will do, or will tell the socket what is wrong.
 */
export type WriteDirectly = (handle: Handle, bytes: Buffer, writer: DirectWriter) => number | undefined;

/** An object and no function, so that a write which is done with at once, as most are, makes none. */
export interface DirectWriter {
  gone(bytes: number): void;
}

/** What is below a socket. Once that is closed, it writes nothing and says so. */
export interface Handle {
  /** The file descriptor; below 0 once it is closed. */
  readonly fd: number;
  /** Gives libuv's error code, 0 for none. */
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
}

/** What is used of Node.js's inside. */
interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: ArrayLike<number>;
  readonly kLastWriteWasAsync: number;
}

interface WriteRequest {
  oncomplete?: () => void;
  /** Keeps the bytes alive while the kernel has not taken them. */
  buffer?: Buffer;
}

/** Undefined where Node.js's inside is not what it was found to be. */
export function createWriteDirectly(binding: unknown = streamBinding()): WriteDirectly | undefined {
  if (!isStreamBinding(binding)) return undefined;
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = binding;
  // A request that was done with at once can be used for the next write.
  let request = new WriteWrap();
  return (handle, bytes, writer) => {
    if (handle.writeBuffer(request, bytes) !== 0) return undefined;
    if (!streamBaseState[kLastWriteWasAsync]) return 0;
    request.oncomplete = () => writer.gone(bytes.length);
    request.buffer = bytes;
    request = new WriteWrap();
    return bytes.length;
  };
}

/** Undefined for a socket with TLS, one that is closed, or where Node.js's inside is another. */
export function handleOf(socket: Socket): Handle | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  return isHandle(handle) && !("encrypted" in socket) ? handle : undefined;
}

function streamBinding(): unknown {
  try {
    const binding: unknown = Reflect.get(process, "binding");
    return typeof binding === "function" ? binding.call(process, "stream_wrap") : undefined;
  } catch {
    return undefined;
  }
}

function isStreamBinding(binding: unknown): binding is StreamBinding {
  return (
    typeof binding === "object" &&
    binding !== null &&
    typeof Reflect.get(binding, "WriteWrap") === "function" &&
    typeof Reflect.get(binding, "kLastWriteWasAsync") === "number" &&
    typeof Reflect.get(binding, "streamBaseState") === "object"
  );
}

function isHandle(handle: unknown): handle is Handle {
  return typeof handle === "object" && handle !== null && "writeBuffer" in handle && "fd" in handle;
}
