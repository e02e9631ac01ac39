/** What goes over the wire: one pure encoder per transport. */
import type { FaultlineEvent } from "@faultline/contract";
import type { StateValues } from "./held.ts";
import type { Frame, Transport } from "./subscriber.ts";

/** An event, or one of the relay's own messages. */
export interface Message<Data = unknown> {
  readonly name: string;
  readonly data: Data;
  /** The position in the log, for what a client can resume from. */
  readonly id?: string;
  /** Of state: what a newer message replaces while it waits for a slow client. */
  readonly state?: StateValues;
}

export function messageOf<E extends FaultlineEvent>(event: E): Message<E> {
  return { name: event.type, data: event, ...(event.id !== undefined && { id: event.id }) };
}

/** Whoever has got it goes on from its position; a browser would otherwise come back with the lost one for ever. */
export function lostMessage(position: string): Message {
  return { name: "sync:lost", data: { position }, id: position };
}

/** A Socket.IO event packet of the default namespace, as the text of an Engine.IO message. */
export function socketPacket({ name, data }: Message): string {
  return `2${JSON.stringify([name, data])}`;
}

/** A record of an event stream. JSON has no raw line breaks, but what is not JSON might, and a name must not. */
export function streamRecord({ id, name, data }: Message): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  const lines = text.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  const identity = id === undefined ? "" : `id: ${oneLine(id)}\n`;
  return `${identity}event: ${oneLine(name)}\n${lines.join("")}\n`;
}

/** A comment, which clients ignore. */
export function streamComment(text: string): string {
  return `: ${oneLine(text)}\n\n`;
}

/** A record without an event: a browser takes the position over, from which it comes back, and tells nobody. */
export function streamPosition(position: string): string {
  return `id: ${oneLine(position)}\n\n`;
}

/** How long a browser waits before it opens a stream again. */
export function streamRetry(milliseconds: number): string {
  return `retry: ${milliseconds}\n\n`;
}

const encoders: Readonly<Record<Transport, (message: Message) => string>> = {
  socket: socketPacket,
  stream: streamRecord,
};

const toBytes: Readonly<Record<Transport, (text: string) => Buffer>> = {
  // Engine.IO's packet of type "message".
  socket: (text) => webSocketFrame(`4${text}`),
  stream: (text) => Buffer.from(text),
};

export function encode(transport: Transport, message: Message): Frame {
  const text = encoders[transport](message);
  const { state } = message;
  return { text, bytes: toBytes[transport](text), ...(state && { state }) };
}

/** A text message in one frame, as a server sends it: unmasked (RFC 6455, section 5.2). */
export function webSocketFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + lengthBytes + length);
  frame[0] = 0x81;
  frame[1] = lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127;
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, 2 + lengthBytes);
  return frame;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, "");
}
