/**
 * A socket's way out. What is written is a finished WebSocket frame and goes to the TCP socket below ws, unless Engine.IO
 * still has something, which it hands over to ws when ws is done with what it got before:
 *
 *   write -> Engine.IO's buffer -> ws and the TCP socket -> the kernel
 *      |     `queued`           ^  `tcp.waiting`
 *      +------------------------+
 *
 * Nothing but state is kept back above that: Socket.IO's answers, which name positions, go the same way and must not
 * overtake the events before them.
 */
import type { EventEmitter } from "node:events";
import type { Socket as TcpSocket } from "node:net";
import type { Socket } from "socket.io";
import type { Batch } from "../dispatch/batch.ts";
import type { Line } from "../dispatch/outbox.ts";
import { TcpWriter } from "../tcp/writer.ts";

export type EngineSocket = Socket["conn"];

/** What is used of ws. */
interface WebSocket extends Pick<EventEmitter, "on" | "prependListener" | "listeners" | "removeListener"> {
  readonly bufferedAmount: number;
  readonly readyState: number;
  /** The extensions that were agreed on: with one of them a frame is not what we make it. */
  readonly extensions: string;
  readonly _socket: TcpSocket | null;
}

/** RFC 6455's state in which frames may be sent. */
const open = 1;

export interface SocketLineOptions {
  /** A part of what waited has gone. */
  readonly onDrained: () => void;
  /** Something that was not written here is about to be. */
  readonly onForeign: () => void;
  readonly onSent: (bytes: number) => void;
}

export class SocketLine implements Line {
  readonly #conn: EngineSocket;
  readonly #options: SocketLineOptions;
  #webSocket: WebSocket | undefined;
  #tcp: TcpWriter | undefined;
  #queued = 0;
  #isWriting = false;

  constructor(conn: EngineSocket, options: SocketLineOptions) {
    this.#conn = conn;
    this.#options = options;
    // Everything passes here that goes by Engine.IO, also what Socket.IO itself writes: answers, and the heartbeat.
    conn.on("packetCreate", ({ data }: { readonly data?: string }) => {
      if (!this.#isWriting) options.onForeign();
      if (!conn.transport.writable && data !== undefined) this.#queued += Buffer.byteLength(data);
    });
    conn.on("flush", () => {
      this.#queued = 0;
    });
    conn.on("upgrade", () => {
      this.#follow();
      options.onDrained();
    });
    this.#follow();
  }

  waiting(): number {
    return this.#queued + (this.#tcp?.waiting ?? this.#webSocket?.bufferedAmount ?? 0);
  }

  write(batch: Batch): void {
    this.#options.onSent(batch.size);
    if (this.#tcp && this.#canPass()) this.#tcp.write(batch.bytes);
    else this.#writeFrames(batch);
  }

  discard(): void {
    // Engine.IO has no way to take back what it was given. Whoever resumes gets it again.
    (Reflect.get(this.#conn, "writeBuffer") as unknown[]).length = 0;
    this.#queued = 0;
  }

  terminate(): void {
    terminate(this.#conn);
  }

  /** The transport, which an upgrade changes. */
  #follow(): void {
    const { onDrained } = this.#options;
    this.#conn.transport.on("ready", onDrained);
    this.#webSocket = webSocketOf(this.#conn);
    const socket = this.#webSocket?.extensions === "" ? this.#webSocket._socket : undefined;
    this.#tcp = socket ? new TcpWriter(socket, onDrained) : undefined;
  }

  #canPass(): boolean {
    return this.#queued === 0 && this.#webSocket?.readyState === open && this.#conn.readyState === "open";
  }

  #writeFrames({ frames }: Batch): void {
    this.#isWriting = true;
    for (const { text } of frames) this.#conn.write(text);
    this.#isWriting = false;
  }
}

/** Ends a connection without waiting for the other side, which may never read what the kernel still has for it. */
export function terminate(conn: EngineSocket): void {
  webSocketOf(conn)?._socket?.resetAndDestroy();
  conn.close(true);
}

/** Undefined for long polling. */
export function webSocketOf(conn: EngineSocket): WebSocket | undefined {
  return (conn.transport as { readonly socket?: WebSocket }).socket;
}
