/** What goes over a line: Socket.IO's packets (protocol 5) in messages of Engine.IO's (protocol 4). */
import { randomBytes } from "node:crypto";
import { Decoder, type Packet, PacketType } from "socket.io-parser";
import { webSocketFrame } from "../../dispatch/encode.ts";

export { type Packet, PacketType };

/** The largest message that is accepted from a client, in bytes. */
export const largestMessage = 64 * 1024;

/** The namespace that everybody connects to. */
export const root = "/";

/** Engine.IO's packet that opens a line; times in milliseconds, sizes in bytes. */
export interface Opening {
  readonly sid: string;
  readonly upgrades: readonly string[];
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxPayload: number;
}

/** Finished WebSocket frames. */
export const frames = {
  open: (opening: Opening) => webSocketFrame(`0${JSON.stringify(opening)}`),
  ping: webSocketFrame("2"),
  connected: (sid: string) => webSocketFrame(`40${JSON.stringify({ sid })}`),
  rejected: (rejection: object, namespace = root) =>
    webSocketFrame(`44${namespace === root ? "" : `${namespace},`}${JSON.stringify(rejection)}`),
  disconnected: webSocketFrame("41"),
  ack: (id: number, answer: object) => webSocketFrame(`43${id}${JSON.stringify([answer])}`),
} as const;

/** The answer to a WebSocket ping (RFC 6455, section 5.5.3), which has at most 125 bytes. */
export function pongFrame(data: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x8a, data.length), data]);
}

/** As long as Socket.IO's own, and as hard to guess. */
export function createId(): string {
  return randomBytes(15).toString("base64url");
}

/** Reads what one client sends. */
export class PacketReader {
  /** Only while parts of a binary packet are missing: no client of ours sends any. */
  #decoder: Decoder | undefined;

  /** Gives the packet that is complete now, if one is. Throws when what came is none. */
  read(message: string | Buffer | undefined): Packet | undefined {
    const decoder = this.#decoder ?? new Decoder();
    let complete: Packet | undefined;
    decoder.once("decoded", (packet: Packet) => {
      complete = packet;
    });
    decoder.add(message);
    this.#decoder = complete ? undefined : decoder;
    return complete;
  }
}
