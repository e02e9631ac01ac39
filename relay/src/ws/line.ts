/**
 * A socket's way out. What is written goes to Engine.IO, which hands over all it has to ws when ws is done with what it
 * got before:
 *
 *   write -> Engine.IO's buffer -> ws and the TCP socket -> the kernel
 *            `queued`              `bufferedAmount`
 *
 * Nothing but state is kept back above that: Socket.IO's answers, which name positions, go the same way and must not
 * overtake the events before them.
 */
import type { EventEmitter } from "node:events";
import type { Socket as TcpSocket } from "node:net";
import type { Socket } from "socket.io";
import type { Line } from "../dispatch/outbox.ts";

export type EngineSocket = Socket["conn"];

/** What is used of ws. */
interface WebSocket extends Pick<EventEmitter, "on" | "prependListener"> {
  readonly bufferedAmount: number;
  readonly _socket: TcpSocket | null;
}

export interface SocketLine extends Line {
  terminate(): void;
}

export interface SocketLineOptions {
  /** A part of what waited has gone. */
  readonly onDrained: () => void;
  readonly onSent: (bytes: number) => void;
}

export function createSocketLine(conn: EngineSocket, { onDrained, onSent }: SocketLineOptions): SocketLine {
  let queued = 0;
  const follow = () => conn.transport.on("ready", onDrained);

  // Everything passes here, also what Socket.IO itself writes: answers, and the heartbeat.
  conn.on("packetCreate", ({ data }: { readonly data?: string }) => {
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
  return {
    waiting: () => queued + (webSocketOf(conn)?.bufferedAmount ?? 0),
    write({ text, bytes }) {
      conn.write(text);
      onSent(bytes.length);
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
