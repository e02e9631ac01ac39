/** Does one attack to a relay and hears what it says to it. */
import type { Socket } from "node:net";
import { encodeFrame } from "../wire/frames.ts";
import { dial, upgradeHead } from "../wire/upgrade.ts";
import type { Attack, Prelude } from "./attack.ts";

export interface Target {
  readonly port: number;
  readonly token: string;
  /** Keeps a connection that is held open; it will be destroyed by whoever keeps it. */
  readonly hold: (socket: Socket) => void;
}

/** The most of an answer that is looked into. */
const mostAnswer = 64 * 1_024;
/** What the relay does not end within this is ended here: a stream or a socket that is none the worse. */
const patienceMs = 500;
/** How long it may take to answer what it has to answer. */
const answerMs = 5_000;

/** Resolves to what was answered. Rejects when a good beginning, or what had to be answered, was not. */
export async function carryOut({ prelude, chunks, ending }: Attack, target: Target): Promise<string> {
  const socket = await dial(target.port);
  const heard = listen(socket);
  try {
    await begin(socket, prelude, target, heard);
    for (const chunk of chunks) if (socket.writable) socket.write(chunk);
    if (ending === "hold") {
      target.hold(socket);
      return "";
    }
    if (ending === "reset") return await reset(socket, heard);
    if (ending === "answer") await heard.until(isAnswered, "an answer");
    socket.end();
    await closed(socket);
    return heard.text();
  } finally {
    if (ending !== "hold") socket.destroy();
  }
}

async function begin(socket: Socket, prelude: Prelude, { port, token }: Target, heard: Heard): Promise<void> {
  if (prelude === "none") return;
  socket.write(upgradeHead(port));
  await heard.until((text) => text.includes("\r\n\r\n"), "having got the handshake");
  if (!heard.text().startsWith("HTTP/1.1 101 ")) throw new Error(`a good handshake: ${heard.text()}`);
  if (prelude === "upgraded") return;
  socket.write(encodeFrame(`40${JSON.stringify({ token })}`));
  await heard.until((text) => /4[04]\{/.test(text), "having got the token");
  if (!heard.text().includes('40{"sid"')) throw new Error(`a good token: ${heard.text()}`);
}

/** Once all is with the other side. */
async function reset(socket: Socket, heard: Heard): Promise<string> {
  if (socket.writable) await new Promise((resolve) => socket.write("", resolve));
  socket.resetAndDestroy();
  return heard.text();
}

/** Resolves when the connection is over, or has had its time. */
async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** By an acknowledgement, or by the connection's end: the first byte of a frame that closes is in no JSON. */
function isAnswered(text: string): boolean {
  return text.includes("430[") || text.includes("\x88");
}

interface Heard {
  text(): string;
  /** Resolves when it has been heard, or the connection has ended. */
  until(fits: (text: string) => boolean, what: string): Promise<void>;
}

function listen(socket: Socket): Heard {
  let text = "";
  let wake = () => {};
  socket.on("close", () => wake());
  socket.on("data", (chunk: Buffer) => {
    if (text.length < mostAnswer) text += chunk.toString("latin1");
    wake();
  });
  return {
    text: () => text,
    until: (fits, what) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`the relay gave no sign of ${what}: ${text}`)),
          answerMs,
        );
        wake = () => {
          if (!fits(text) && !socket.closed) return;
          clearTimeout(timer);
          resolve();
        };
        wake();
      }),
  };
}
