/** WebSocket frames (RFC 6455), as bytes: what a library would never send can be made, too. */

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  /** Default text. */
  readonly opcode?: number;
  /** Whether this is the message's last frame. Default true. */
  readonly isFinal?: boolean;
  /** The three reserved bits. Default 0. */
  readonly reserved?: number;
  /** A client's frames must be masked. Default true. */
  readonly isMasked?: boolean;
  /** The length that the header claims. Default the payload's own. */
  readonly claimedLength?: number;
}

/** A client's frame. Its mask is always the same: nobody in between has to be confused. */
export function encodeFrame(payload: Buffer | string, options: FrameOptions = {}): Buffer {
  const { opcode = opcodes.text, isFinal = true, reserved = 0, isMasked = true } = options;
  const bytes = Buffer.from(payload);
  const length = encodeLength(options.claimedLength ?? bytes.length, isMasked);
  const first = (isFinal ? 0x80 : 0) | ((reserved & 7) << 4) | (opcode & 0x0f);
  const key = isMasked ? mask : Buffer.alloc(0);
  return Buffer.concat([Buffer.of(first), length, key, isMasked ? masked(bytes) : bytes]);
}

const mask = Buffer.of(0x5a, 0x3c, 0x7e, 0x11);

function masked(bytes: Buffer): Buffer {
  const result = Buffer.from(bytes);
  for (let at = 0; at < result.length; at += 1) result[at] = (result[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return result;
}

function encodeLength(length: number, isMasked: boolean): Buffer {
  const bit = isMasked ? 0x80 : 0;
  if (length < 126) return Buffer.of(bit | length);
  const header = Buffer.alloc(length < 65_536 ? 3 : 9);
  header[0] = bit | (length < 65_536 ? 126 : 127);
  if (length < 65_536) header.writeUInt16BE(length, 1);
  else header.writeBigUInt64BE(BigInt(length), 1);
  return header;
}

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Cuts what a server sends into frames; a server neither masks nor, here, splits messages. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with this chunk. */
  push(chunk: Buffer): readonly ServerFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: ServerFrame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): ServerFrame | undefined {
    const [first = 0, second = 0] = this.#rest;
    const short = second & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (this.#rest.length < header) return undefined;
    const length =
      header === 2
        ? short
        : header === 4
          ? this.#rest.readUInt16BE(2)
          : Number(this.#rest.readBigUInt64BE(2));
    if (this.#rest.length < header + length) return undefined;
    const payload = this.#rest.subarray(header, header + length);
    this.#rest = this.#rest.subarray(header + length);
    return { opcode: first & 0x0f, payload };
  }
}
