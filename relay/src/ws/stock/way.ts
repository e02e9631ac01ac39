/** The way to a client of stock Socket.IO's. What is written goes through Engine.IO, whichever transport it has just now. */
import type { Socket } from "socket.io";
import type { WebSocket } from "ws";
import { systemClock } from "../../base/clock.ts";
import type { Batch } from "../../dispatch/batch.ts";
import { graceMs } from "../../dispatch/subscriber.ts";
import type { Inbound } from "../inbound.ts";
import type { Way, WayListener } from "../way.ts";

export type EngineSocket = Socket["conn"];

export class StockWay implements Way {
  readonly id: string;
  readonly requestId: string;
  readonly #socket: Socket;
  readonly #conn: EngineSocket;
  readonly #inbound: Inbound;
  #listener: WayListener | undefined;
  /** Bytes that Engine.IO has not handed to its transport. */
  #queued = 0;

  constructor(socket: Socket, requestId: string, inbound: Inbound) {
    this.id = socket.id;
    this.requestId = requestId;
    this.#socket = socket;
    this.#conn = socket.conn;
    this.#inbound = inbound;
    const { conn } = socket;
    const onDrained = () => this.#listener?.drained();
    // Everything passes here that goes by Engine.IO, also what Socket.IO itself writes: answers, and the heartbeat.
    conn.on("packetCreate", ({ data }: { readonly data?: string }) => {
      if (!conn.transport.writable && data !== undefined) this.#queued += Buffer.byteLength(data);
    });
    conn.on("flush", () => {
      this.#queued = 0;
    });
    conn.on("upgrade", () => {
      conn.transport.on("ready", onDrained);
      onDrained();
    });
    conn.transport.on("ready", onDrained);
  }

  listen(listener: WayListener): void {
    this.#listener = listener;
  }

  takeMessage(): number {
    return this.#inbound.takeMessage();
  }

  waiting(): number {
    return this.#queued + (webSocketOf(this.#conn)?.bufferedAmount ?? 0);
  }

  write({ frames }: Batch): void {
    for (const { text } of frames) this.#conn.write(text);
  }

  discard(): void {
    // Engine.IO has no way to take back what it was given. Whoever resumes gets it again.
    (Reflect.get(this.#conn, "writeBuffer") as unknown[]).length = 0;
    this.#queued = 0;
  }

  end(): void {
    // Engine.IO takes a connection for closed before the other side has agreed.
    const cancel = systemClock.after(graceMs, () => terminate(this.#conn));
    this.#conn.transport.once("close", cancel);
    this.#socket.disconnect(true);
  }
}

/** Ends a connection without waiting for the other side, which may never read what the kernel still has for it. */
export function terminate(conn: EngineSocket): void {
  webSocketOf(conn)?.terminate();
  conn.close(true);
}

/** Undefined for long polling. */
export function webSocketOf(conn: EngineSocket): WebSocket | undefined {
  return (conn.transport as { readonly socket?: WebSocket }).socket;
}
