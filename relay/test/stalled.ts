/** A client that joins, and then stops reading. */
import { once } from "node:events";
import { encodeFrame } from "../../e2e/wire/frames.ts";
import { dial, upgradeHead } from "../../e2e/wire/upgrade.ts";
import type { TransportName } from "./client.ts";

export interface StalledOptions {
  readonly url: string;
  readonly token: string;
  readonly rooms: readonly string[];
}

export interface StalledClient {
  /** The position that it joined at. */
  readonly position: string;
  /** Resolves when its connection is over, which it learns only when it reads again. */
  readonly ended: Promise<void>;
  /** Reads again; gives all that it was sent, when the connection is over. */
  readRest(): Promise<string>;
  /** Reads again; gives all that it was sent, when this is in it. */
  readUntil(pattern: RegExp): Promise<string>;
  leave(): void;
}

export async function openStalled(
  transport: TransportName,
  { url, token, rooms }: StalledOptions,
): Promise<StalledClient> {
  const port = Number(new URL(url).port);
  const socket = await dial(port);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  const until = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const match = pattern.exec(text);
      if (match) return match[1] ?? "";
      await once(socket, "data");
    }
  };
  const joins: Readonly<Record<TransportName, () => Promise<string>>> = {
    async socket() {
      socket.write(upgradeHead(port));
      await until(/"maxPayload"/);
      socket.write(encodeFrame(`40${JSON.stringify({ token })}`));
      await until(/40\{"sid"/);
      socket.write(encodeFrame(`420${JSON.stringify(["subscribe", { rooms }])}`));
      return until(/"position":"([\d-]+)"/);
    },
    stream() {
      const query = rooms.map((room) => `room=${room}`).join("&");
      const head = [`GET /api/realtime/events?${query} HTTP/1.1`, `Host: 127.0.0.1:${port}`];
      head.push("Connection: close", `Authorization: Bearer ${token}`);
      socket.write(`${head.join("\r\n")}\r\n\r\n`);
      return until(/id: ([\d-]+)\n/);
    },
  };
  const position = await joins[transport]();
  socket.pause();
  return {
    position,
    ended,
    async readRest() {
      socket.resume();
      await ended;
      return text;
    },
    async readUntil(pattern) {
      socket.resume();
      await until(pattern);
      return text;
    },
    leave: () => socket.destroy(),
  };
}
