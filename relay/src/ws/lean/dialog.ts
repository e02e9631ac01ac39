/** Socket.IO 5 over one line, in the only namespace: who connects, what is asked, who leaves. */
import type { Principal } from "@faultline/contract";
import type { Logger } from "pino";
import type { DisconnectReason } from "../../metrics/metrics.ts";
import { admit, rejectionOf } from "../admit.ts";
import { Conversation, type ConversationOptions } from "../conversation.ts";
import type { SocketLine } from "./line.ts";
import { createId, frames, largestMessage, type Packet, PacketReader, PacketType, root } from "./packets.ts";

export class Dialog {
  readonly #line: SocketLine;
  readonly #options: ConversationOptions;
  readonly #reader = new PacketReader();
  /** Whether a token was shown that is not verified yet. */
  #isConnecting = false;
  /** Undefined while nobody is connected. */
  #conversation: Conversation | undefined;

  constructor(line: SocketLine, options: ConversationOptions) {
    this.#line = line;
    this.#options = options;
  }

  /** Engine.IO brought a message. */
  read(message: string | Buffer | undefined): void {
    let packet: Packet | undefined;
    try {
      packet = this.#reader.read(message);
    } catch {
      this.invalid();
    }
    try {
      if (packet) this.#handle(packet);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Something came, whatever it was. */
  heard(): void {
    if (this.#conversation) this.#conversation.heard();
    // Whoever is not connected is owed refusals at most.
    else if (this.#line.waiting() > largestMessage) this.#line.terminate();
  }

  /** The client sends on far beyond what it may; whoever has not even connected is told nothing. */
  abused(): void {
    if (this.#conversation) this.#conversation.abused();
    else this.#line.terminate();
  }

  /** What came is no packet, or none that may come now. */
  invalid(): void {
    if (this.#conversation) this.#conversation.invalid();
    else this.#line.close();
  }

  /** What came is no WebSocket frame that is taken; the line ends right after. */
  broken(): void {
    this.#conversation?.broken();
  }

  /** Nobody is connected any more; over the same line somebody may connect again. */
  end(reason: DisconnectReason): void {
    const conversation = this.#conversation;
    this.#conversation = undefined;
    conversation?.end(reason);
  }

  #handle({ type, nsp: namespace, data, id }: Packet): void {
    if (type === PacketType.CONNECT) {
      if (namespace === root) this.#connect(data);
      else this.#line.send(frames.rejected({ message: "Invalid namespace" }, namespace));
      return;
    }
    const conversation = namespace === root ? this.#conversation : undefined;
    if (!conversation || type === PacketType.CONNECT_ERROR) this.invalid();
    else if (type === PacketType.DISCONNECT) {
      this.end("client-left");
      this.#line.awaitConnect();
    } else if (type === PacketType.EVENT) {
      // The parser lets an event pass that has no list at all; it is one without a name.
      const [name, request]: readonly unknown[] = data ?? [];
      conversation.receive(name, request, (answer) => {
        if (id !== undefined) this.#line.send(frames.ack(id, answer));
      });
    }
  }

  #connect(auth: object | undefined): void {
    if (this.#conversation || this.#isConnecting) {
      this.invalid();
      return;
    }
    this.#isConnecting = true;
    admit(auth, this.#options)
      .then(
        (principal) => this.#begin(principal),
        (error: unknown) => this.#reject(error),
      )
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isConnecting = false;
      });
  }

  #begin(principal: Principal): void {
    if (this.#line.isClosing) return;
    const id = createId();
    this.#line.connected(id);
    this.#line.send(frames.connected(id));
    this.#conversation = new Conversation(this.#line, principal, this.#options);
  }

  /** Whoever has left meanwhile was not refused. */
  #reject(error: unknown): void {
    if (this.#line.isClosing) return;
    this.#line.send(frames.rejected(rejectionOf(error, this.#log(), this.#options)));
  }

  /** A fault of ours must not end the relay. */
  #fail(error: unknown): void {
    this.#log().error({ error }, "a packet could not be acted on");
    this.#line.close();
  }

  #log(): Logger {
    const { id: connection, requestId } = this.#line;
    return this.#options.logger.child({ connection, requestId });
  }
}
