/**
 * One WebSocket of a client that speaks Engine.IO 4. `ws` reads the frames; what is written are finished ones, straight to
 * the TCP socket. Nothing of the request that the client came by is kept.
 */
import type { Socket } from "node:net";
import { decodePacket } from "engine.io-parser";
import { WebSocket } from "ws";
import { type Cancel, systemClock } from "../../base/clock.ts";
import type { Batch } from "../../dispatch/batch.ts";
import { graceMs } from "../../dispatch/subscriber.ts";
import type { DisconnectReason } from "../../metrics/metrics.ts";
import { TcpWriter } from "../../tcp/writer.ts";
import type { ConversationOptions } from "../conversation.ts";
import { Inbound, type InboundLimits } from "../inbound.ts";
import type { Way, WayListener } from "../way.ts";
import { Dialog } from "./dialog.ts";
import type { Heartbeat, Pulse } from "./heartbeat.ts";
import { createId, frames, largestMessage, pongFrame } from "./packets.ts";

export interface LineOptions extends ConversationOptions {
  readonly inbound: InboundLimits;
  readonly heartbeat: Heartbeat<SocketLine>;
  /** How long a connection may stay without having shown a token. */
  readonly connectTimeoutMs: number;
}

/** How a line comes by what its client sends. */
export class LineSocket extends WebSocket {
  line: SocketLine | undefined;
}

export class SocketLine extends TcpWriter implements Way, Pulse {
  readonly requestId: string;
  isAsked = false;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #heartbeat: Heartbeat<SocketLine>;
  readonly #inbound: Inbound;
  readonly #dialog: Dialog;
  readonly #connectTimeoutMs: number;
  #id = createId();
  #cancelTimeout: Cancel | undefined;
  #isClosing = false;
  #listener: WayListener | undefined;

  /** Begins with Engine.IO's handshake. */
  constructor(webSocket: WebSocket, socket: Socket, requestId: string, options: LineOptions) {
    // All that ws writes of its own is the frame that ends the line.
    super(socket);
    const { heartbeat, inbound, connectTimeoutMs } = options;
    this.requestId = requestId;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#heartbeat = heartbeat;
    this.#inbound = new Inbound(inbound);
    this.#dialog = new Dialog(this, options);
    this.#connectTimeoutMs = connectTimeoutMs;
    this.awaitConnect();
    heartbeat.follow(this);
    this.send(
      frames.open({
        sid: this.#id,
        upgrades: [],
        pingInterval: heartbeat.periodMs,
        pingTimeout: heartbeat.periodMs,
        maxPayload: largestMessage,
      }),
    );
  }

  /** Of the line, and then of who is connected over it. */
  get id(): string {
    return this.#id;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  listen(listener: WayListener): void {
    this.#listener = listener;
  }

  takeMessage(): number {
    return this.#inbound.takeMessage();
  }

  write({ bytes }: Batch): void {
    if (!this.#isClosing) this.writeWithOthers(bytes);
  }

  /** Writes a finished frame that nobody else gets. */
  send(frame: Buffer): void {
    if (!this.#isClosing) this.writeBytes(frame);
  }

  drained(): void {
    this.#listener?.drained();
  }

  discard(): void {
    // Node.js has no way to take back what it was given.
  }

  end(): void {
    this.send(frames.disconnected);
    this.close();
  }

  ping(): void {
    this.send(frames.ping);
  }

  lost(): void {
    this.#dialog.end("ping-timeout");
    this.close();
  }

  /** Nobody is connected: the line ends unless somebody shows a token in time. */
  awaitConnect(): void {
    this.#cancelTimeout?.();
    this.#cancelTimeout = systemClock.after(this.#connectTimeoutMs, () => this.close());
  }

  /** Somebody has shown a token in time, and has this id from now on. */
  connected(id: string): void {
    this.#id = id;
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
  }

  /** A WebSocket message came. */
  receive(data: Buffer, isBinary: boolean): void {
    if (!this.#take(data.length)) return;
    const { type, data: message } = decodePacket(isBinary ? data : data.toString(), "nodebuffer");
    if (type === "message") this.#dialog.read(message);
    // Clients are asked for a sign of life, they do not ask; other types mean nothing on this transport.
    else if (type === "error" || type === "ping") this.#dialog.invalid();
  }

  /** A WebSocket pong came, which nobody asked for. */
  ponged(data: Buffer): void {
    this.#take(data.length);
  }

  /** A WebSocket ping came, which wants an answer. */
  pinged(data: Buffer): void {
    if (this.#take(data.length)) this.send(pongFrame(data));
  }

  /** What came is no WebSocket frame that is taken; the line ends right after. */
  broken(): void {
    this.#dialog.broken();
    this.close();
  }

  /** The line is over. */
  closed(reason: DisconnectReason): void {
    this.#isClosing = true;
    this.#cancelTimeout?.();
    this.#heartbeat.forget(this);
    this.#dialog.end(reason);
  }

  /** Ends the line; resolves when that is done. */
  async leave(): Promise<void> {
    await new Promise((resolve) => {
      this.#webSocket.once("close", resolve);
      this.close();
    });
  }

  /** Ends the line when the client has read all or, after `graceMs`, does not read on. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.settle();
    this.#webSocket.close();
    const cancel = systemClock.after(graceMs, () => this.terminate());
    this.#webSocket.once("close", cancel);
  }

  /** Ends the line without waiting for the other side, which may never read what the kernel still has for it. */
  terminate(): void {
    this.#socket.resetAndDestroy();
  }

  /** Counts what came; gives whether it is to be looked at. */
  #take(bytes: number): boolean {
    if (this.#isClosing) return false;
    this.isAsked = false;
    const isAbused = this.#inbound.take(bytes);
    if (isAbused) this.#dialog.abused();
    else this.#dialog.heard();
    return !isAbused && !this.#isClosing;
  }
}
