/** A line over Socket.IO, by WebSocket alone. */
import type {
  AuthenticateAck,
  Close,
  ErrorBody,
  SubscribeAck,
  socketPath,
  UnsubscribeAck,
} from "@faultline/contract";
import { io, type Socket } from "socket.io-client";
import { isErrorBody } from "../base/refusal.ts";
import { failureOfClose, failureOfError, silence } from "./failure.ts";
import { type Line, type LineListener, type LineRequest, untilOver } from "./line.ts";

const path: typeof socketPath = "/api/realtime/socket.io";

/** How long the relay may take to answer a message. */
const answerMs = 10_000;

export function openSocketLine(request: LineRequest, listener: LineListener): Line {
  return new SocketLine(request, listener);
}

class SocketLine implements Line {
  readonly #socket: Socket;
  readonly #listener: ReturnType<typeof untilOver>;
  #wanted: readonly string[];
  #joined: readonly string[] = [];
  /** Rooms that the relay does not give; asking again would get the same answer. */
  readonly #refused = new Set<string>();
  #asking: Promise<void> = Promise.resolve();
  #close: Close | undefined;

  constructor({ relay, token, rooms, since }: LineRequest, listener: LineListener) {
    this.#listener = untilOver(listener);
    this.#wanted = rooms;
    this.#socket = io(relay, {
      path,
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      auth: { token },
    });
    this.#socket.on("connect", () => {
      this.#listener.opened();
      this.#askInTurn(since);
    });
    this.#socket.on("connect_error", (error: Error & { readonly data?: unknown }) => {
      this.#fail(isErrorBody(error.data) ? failureOfError(error.data) : silence("unreachable"));
    });
    this.#socket.on("disconnect", () => {
      this.#fail(this.#close ? failureOfClose(this.#close) : { ...silence("dropped"), isAnswered: true });
    });
    this.#socket.onAny((name: string, data: unknown) => {
      if (name === "session:closed") this.#close = data as Close;
      else this.#listener.told(name, data);
    });
  }

  setRooms(rooms: readonly string[]): boolean {
    this.#wanted = rooms;
    if (this.#socket.connected) this.#askInTurn();
    return true;
  }

  async authenticate(token: string): Promise<"renewed" | "refused"> {
    const answer = await this.#ask<AuthenticateAck>("authenticate", { token });
    if (!answer?.ok) return "refused";
    this.#joined = answer.rooms;
    return "renewed";
  }

  close(): void {
    this.#listener.end();
    this.#socket.close();
  }

  /** One after another, so that the rooms are in the end those that were wanted last. */
  #askInTurn(since?: string): void {
    this.#asking = this.#asking.then(async () => {
      await this.#leave();
      await this.#join(since);
    });
  }

  async #leave(): Promise<void> {
    const rooms = this.#joined.filter((room) => !this.#wanted.includes(room));
    if (rooms.length === 0) return;
    const answer = await this.#ask<UnsubscribeAck>("unsubscribe", { rooms });
    if (answer?.ok) this.#joined = answer.rooms;
  }

  /** Answers each time, also when there is nothing to join. */
  async #join(since: string | undefined): Promise<void> {
    const rooms = this.#wanted.filter((room) => !this.#joined.includes(room) && !this.#refused.has(room));
    if (rooms.length === 0) return this.#listener.joined({ rooms: this.#joined, isWhole: true, replayed: 0 });
    const answer = await this.#ask<SubscribeAck>("subscribe", {
      rooms,
      ...(since !== undefined && { since }),
    });
    if (!answer) return;
    if (!answer.ok) return this.#refuse(rooms, answer.error, since);
    this.#joined = answer.rooms;
    const { position, recovered, replayed } = answer;
    this.#listener.joined({ rooms: answer.rooms, isWhole: recovered, position, replayed });
  }

  /** All rooms or none are joined: the one at fault is left out, and the others are asked for again. */
  async #refuse(rooms: readonly string[], error: ErrorBody, since: string | undefined): Promise<void> {
    const room = rooms[Number(/^rooms\.(\d+)$/.exec(error.field ?? "")?.[1])];
    if (room === undefined || error.retry) return this.#fail(failureOfError(error));
    this.#refused.add(room);
    this.#listener.refused(room, error);
    await this.#join(since);
  }

  /** Undefined when there was no answer, and the line is over. */
  async #ask<Answer>(name: string, message: object): Promise<Answer | undefined> {
    try {
      return (await this.#socket.timeout(answerMs).emitWithAck(name, message)) as Answer;
    } catch {
      this.#fail({ ...silence("dropped"), isAnswered: true });
      return undefined;
    }
  }

  #fail(failure: Parameters<LineListener["failed"]>[0]): void {
    this.#socket.close();
    this.#listener.failed(failure);
  }
}
