/** A client without a library of the protocol: it sees every frame that the relay sends, and may send any. */
import type { Socket } from "node:net";
import { socketPath } from "@faultline/contract";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

/** A WebSocket message: text, or binary. */
export type Frame = string | Buffer;

/** How a WebSocket ended: 1005 for a close frame without a code, 1006 without any close frame. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

export interface ClientOptions {
  /** Of the request. Default Engine.IO 4 by WebSocket, a new connection. */
  readonly query?: string;
  /** Whether the relay's heartbeat is answered, and kept out of the frames. Default true. */
  readonly isBeating?: boolean;
}

const webSocketQuery = "EIO=4&transport=websocket";

export class Client {
  readonly webSocket: WebSocket;
  /** Resolves when the connection is over, also when it never began. */
  readonly ended: Promise<Ending>;
  /** What has come and was not taken yet. */
  readonly frames: Frame[] = [];
  readonly #opened: Promise<Socket>;
  #tcp: Socket | undefined;
  #ending: Ending | undefined;
  #wake = () => {};

  /** It is let go of when the test is done. */
  constructor(url: string, { query = webSocketQuery, isBeating = true }: ClientOptions = {}) {
    const webSocket = new WebSocket(`${url.replace("http", "ws")}${socketPath}/?${query}`);
    this.webSocket = webSocket;
    this.#opened = new Promise((resolve) => {
      webSocket.once("upgrade", ({ socket }) => {
        this.#tcp = socket;
        resolve(socket);
      });
    });
    this.ended = new Promise((resolve) => {
      webSocket.once("close", (code, reason) => {
        this.#ending = { code, reason: reason.toString() };
        resolve(this.#ending);
        this.#wake();
      });
    });
    // It is followed by the close.
    webSocket.on("error", () => {});
    webSocket.on("message", (data: Buffer, isBinary) => {
      const frame = isBinary ? data : data.toString();
      if (isBeating && frame === "2") return webSocket.send("3");
      this.frames.push(frame);
      this.#wake();
    });
    onTestFinished(() => webSocket.terminate());
  }

  /** Resolves when frames can be sent; rejects when the connection was refused. */
  async opened(): Promise<this> {
    await Promise.race([this.#opened, this.ended.then(() => Promise.reject(new Error("it was refused")))]);
    return this;
  }

  /** All in one write, so that the relay finds them together. */
  send(...frames: readonly Frame[]): void {
    this.#tcp?.cork();
    for (const frame of frames) this.webSocket.send(frame);
    this.#tcp?.uncork();
  }

  /** Sends what need be no WebSocket frame. */
  sendBytes(bytes: Buffer): void {
    this.#tcp?.write(bytes);
  }

  /** Takes the next frame, once there is one. Rejects when the connection is over instead. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) return frame;
      if (this.#ending) throw new Error(`no frame came any more: the end was ${this.#ending.code}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Takes the next frames. */
  async take(count: number): Promise<readonly Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Resolves when the relay has taken in all that was sent, which it shows by a pong; or when the connection is over. */
  async settled(): Promise<void> {
    let pong = () => {};
    const ponged = new Promise<void>((resolve) => {
      pong = resolve;
    });
    this.webSocket.once("pong", pong).ping("", true, () => {});
    await Promise.race([ponged, this.ended]);
    this.webSocket.off("pong", pong);
  }

  /** Gives what came before the answer to a question that every connection that goes on answers; rejects when it is over. */
  async probe(): Promise<readonly Frame[]> {
    this.send(`40${probe}`);
    for (const before: Frame[] = []; ; ) {
      const frame = await this.next();
      if (frame === `44${probe}{"message":"Invalid namespace"}`) return before;
      before.push(frame);
    }
  }
}

const probe = "/are-you-there,";
