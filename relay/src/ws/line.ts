/**
 * A socket's way out. What is written is a finished WebSocket frame and goes to the TCP socket below ws, unless Engine.IO
 * still has something, which it hands over to ws when ws is done with what it got before:
 *
 *   write -> Engine.IO's buffer -> ws and the TCP socket -> the kernel
 *      |     `queued`           ^  `tcp.waiting()`
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
import { createTcpWriter, type TcpWriter } from "../tcp/writer.ts";

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

export interface SocketLine extends Line {
  terminate(): void;
}

export interface SocketLineOptions {
  /** A part of what waited has gone. */
  readonly onDrained: () => void;
  /** Something that was not written here is about to be. */
  readonly onForeign: () => void;
  readonly onSent: (bytes: number) => void;
}

export function createSocketLine(conn: EngineSocket, options: SocketLineOptions): SocketLine {
  const { onDrained, onForeign, onSent } = options;
  let queued = 0;
  let isOwn = false;
  let webSocket: WebSocket | undefined;
  let tcp: TcpWriter | undefined;
  const follow = () => {
    conn.transport.on("ready", onDrained);
    webSocket = webSocketOf(conn);
    const socket = webSocket?.extensions === "" ? webSocket._socket : undefined;
    tcp = socket ? createTcpWriter(socket, onDrained) : undefined;
  };
  // Everything passes here that goes by Engine.IO, also what Socket.IO itself writes: answers, and the heartbeat.
  conn.on("packetCreate", ({ data }: { readonly data?: string }) => {
    if (!isOwn) onForeign();
    if (!conn.transport.writable && data !== undefined) queued += Buffer.byteLength(data);
  });
  conn.on("flush", () => {
    queued = 0;
  });
  conn.on("upgrade", () => {
    follow();
    onDrained();
  });
  follow();
  const waiting = () => queued + (tcp?.waiting() ?? webSocket?.bufferedAmount ?? 0);
  const canPass = () => queued === 0 && webSocket?.readyState === open && conn.readyState === "open";
  const writeFrames = ({ frames }: Batch) => {
    isOwn = true;
    for (const { text } of frames) conn.write(text);
    isOwn = false;
  };
  return {
    waiting,
    write(batch) {
      onSent(batch.size);
      if (tcp && canPass()) tcp.write(batch.bytes);
      else writeFrames(batch);
    },
    discard() {
      // Engine.IO has no way to take back what it was given. Whoever resumes gets it again.
      (Reflect.get(conn, "writeBuffer") as unknown[]).length = 0;
      queued = 0;
    },
    terminate: () => terminate(conn),
  };
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
