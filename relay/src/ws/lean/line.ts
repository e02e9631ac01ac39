/**
 * One WebSocket of a client that speaks Engine.IO 4 and Socket.IO 5 in the only namespace. `ws` reads the frames, Socket.IO's
 * own parser the packets; what is written are finished frames, straight to the TCP socket. Nothing of the request that the
 * client came by is kept.
 */
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Principal } from "@faultline/contract";
import { decodePacket } from "engine.io-parser";
import { WebSocket } from "ws";
import { type Cancel, systemClock } from "../../base/clock.ts";
import type { Batch } from "../../dispatch/batch.ts";
import { graceMs } from "../../dispatch/subscriber.ts";
import type { DisconnectReason } from "../../metrics/metrics.ts";
import { TcpWriter } from "../../tcp/writer.ts";
import { admit, rejectionOf } from "../admit.ts";
import { Conversation, type ConversationOptions } from "../conversation.ts";
import { Inbound, type InboundLimits } from "../inbound.ts";
import type { Way, WayListener } from "../way.ts";
import type { Heartbeat, Pulse } from "./heartbeat.ts";
import {
  createId,
  frames,
  largestMessage,
  type Packet,
  PacketReader,
  PacketType,
  pongFrame,
  root,
} from "./packets.ts";

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
  /** Of the line, and then of who is connected over it. */
  id = createId();
  isAsked = false;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #options: LineOptions;
  readonly #inbound: Inbound;
  readonly #reader = new PacketReader();
  #cancelTimeout: Cancel | undefined;
  /** Whether a token was shown that is not verified yet. */
  #isConnecting = false;
  #isClosing = false;
  #conversation: Conversation | undefined;
  #listener: WayListener | undefined;

  /** Begins with Engine.IO's handshake. */
  constructor(webSocket: WebSocket, socket: Socket, requestId: string, options: LineOptions) {
    // What ws writes of its own, when the line ends, are whole frames: it does no harm among ours.
    super(socket, { isShared: false });
    this.requestId = requestId;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#options = options;
    this.#inbound = new Inbound(options.inbound);
    const { heartbeat, connectTimeoutMs } = options;
    heartbeat.follow(this);
    this.#cancelTimeout = systemClock.after(connectTimeoutMs, () => this.#close());
    const { periodMs } = heartbeat;
    this.#write(
      frames.open({
        sid: this.id,
        upgrades: [],
        pingInterval: periodMs,
        pingTimeout: periodMs,
        maxPayload: largestMessage,
      }),
    );
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

  drained(): void {
    this.#listener?.drained();
  }

  discard(): void {
    // Node.js has no way to take back what it was given.
  }

  end(): void {
    this.#write(frames.disconnected);
    this.#close();
  }

  ping(): void {
    this.#write(frames.ping);
  }

  lost(): void {
    this.#leave("ping-timeout");
    this.#close();
  }

  /** A WebSocket message came. */
  receive(data: Buffer, isBinary: boolean): void {
    if (this.#isClosing || !this.#take(data.length)) return;
    const { type, data: message } = decodePacket(isBinary ? data : data.toString(), "nodebuffer");
    if (type === "message") this.#read(message);
    // Clients are asked for a sign of life, they do not ask; other types mean nothing on this transport.
    else if (type === "error" || type === "ping") this.#invalid();
  }

  /** A WebSocket ping came, which wants an answer. */
  pinged(data: Buffer): void {
    if (!this.#isClosing && this.#take(data.length)) this.#write(pongFrame(data));
  }

  /** What came is no WebSocket frame that is taken; the line ends right after. */
  broken(): void {
    this.#conversation?.broken();
  }

  /** The line is over. */
  closed(reason: DisconnectReason): void {
    this.#isClosing = true;
    this.#cancelTimeout?.();
    this.#options.heartbeat.forget(this);
    this.#leave(reason);
  }

  /** Ends the line; resolves when that is done. */
  async leave(): Promise<void> {
    const closed = once(this.#webSocket, "close");
    this.#close();
    await closed;
  }

  /** Whether what came is to be looked at. */
  #take(bytes: number): boolean {
    this.isAsked = false;
    const isAbused = this.#inbound.take(bytes);
    if (isAbused && this.#conversation) this.#conversation.abused();
    else if (isAbused) this.#terminate();
    else this.#conversation?.heard();
    return !isAbused && !this.#isClosing;
  }

  #read(message: string | Buffer | undefined): void {
    try {
      const packet = this.#reader.read(message);
      if (packet) this.#handle(packet);
    } catch {
      this.#invalid();
    }
  }

  #handle({ type, nsp: namespace, data, id }: Packet): void {
    if (type === PacketType.CONNECT) {
      if (namespace === root) this.#connect(data);
      else this.#write(frames.rejected({ message: "Invalid namespace" }, namespace));
      return;
    }
    const conversation = namespace === root ? this.#conversation : undefined;
    if (!conversation || type === PacketType.CONNECT_ERROR) this.#invalid();
    else if (type === PacketType.DISCONNECT) this.#leave("client-left");
    else if (type === PacketType.EVENT) {
      const [name, request]: readonly unknown[] = data;
      conversation.receive(name, request, (answer) => {
        if (id !== undefined) this.#write(frames.ack(id, answer));
      });
    }
  }

  #connect(auth: object | undefined): void {
    if (this.#conversation || this.#isConnecting) {
      this.#invalid();
      return;
    }
    this.#isConnecting = true;
    admit(auth, this.#options)
      .then(
        (principal) => this.#begin(principal),
        (error: unknown) => this.#reject(error),
      )
      .finally(() => {
        this.#isConnecting = false;
      });
  }

  #begin(principal: Principal): void {
    if (this.#isClosing) return;
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
    this.id = createId();
    this.#write(frames.connected(this.id));
    this.#conversation = new Conversation(this, principal, this.#options);
  }

  #reject(error: unknown): void {
    const { id: connection, requestId } = this;
    const log = this.#options.logger.child({ connection, requestId });
    this.#write(frames.rejected(rejectionOf(error, log, this.#options)));
  }

  /** What came is no packet, or none that may come now. */
  #invalid(): void {
    if (this.#conversation) this.#conversation.invalid();
    else this.#close();
  }

  /** Nobody is connected any more; over the same line somebody may connect again. */
  #leave(reason: DisconnectReason): void {
    const conversation = this.#conversation;
    this.#conversation = undefined;
    conversation?.end(reason);
    this.#listener = undefined;
  }

  #close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.settle();
    this.#webSocket.close();
    const cancel = systemClock.after(graceMs, () => this.#terminate());
    this.#webSocket.once("close", cancel);
  }

  /** Without waiting for the other side, which may never read what the kernel still has for it. */
  #terminate(): void {
    this.#socket.resetAndDestroy();
  }

  #write(frame: Buffer): void {
    if (!this.#isClosing) this.writeBytes(frame);
  }
}
