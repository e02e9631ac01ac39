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

export function encode(transport: Transport, message: Message): Frame {
  const text = encoders[transport](message);
  const { state } = message;
  return { text, bytes: Buffer.from(text), ...(state && { state }) };
}

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, "");
}
