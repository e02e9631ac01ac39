/** Socket.IO over a raw WebSocket: just what a subscriber needs. */
import type { Socket } from "node:net";
import type { SubscribeAck } from "@faultline/contract";
import { encodeFrame, FrameReader, opcodes, type ServerFrame } from "./frames.ts";
import { type Line, type LineRequest, refusalOf } from "./line.ts";
import { dial, upgrade } from "./upgrade.ts";

export async function openSocket(request: LineRequest): Promise<Line> {
  const socket = await dial(request.port, request.localAddress);
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const send = (text: string) => socket.writable && socket.write(encodeFrame(text));
  const line = {
    ended,
    leave() {
      send("41");
      socket.end(encodeFrame(Buffer.alloc(0), { opcode: opcodes.close }));
    },
    cut: () => socket.resetAndDestroy(),
  };
  const joined = join(socket, request, send);
  joined.catch(() => socket.destroy());
  return { ...line, joined };
}

async function join(
  socket: Socket,
  { port, token, rooms, since, onMessage }: LineRequest,
  send: (text: string) => void,
): Promise<void> {
  const { rest } = await upgrade(socket, port);
  const reader = new FrameReader();
  await new Promise<void>((resolve, reject) => {
    socket.once("close", () => reject(new Error("the connection ended before it was joined")));
    const act: Readonly<Record<string, (text: string) => void>> = {
      "0": () => send(`40${JSON.stringify({ token })}`),
      "2": () => send("3"),
      "40": () => send(`420${JSON.stringify(["subscribe", { rooms, since }])}`),
      "41": () => socket.end(),
      "42": (text) => onMessage(...(JSON.parse(text) as [string, unknown])),
      "43": (text) => {
        const [answer] = JSON.parse(text.replace(/^\d+/, "")) as [SubscribeAck];
        if (answer.ok) resolve();
        else reject(refusalOf(answer.error));
      },
      "44": (text) => reject(refusalOf((JSON.parse(text) as { data?: unknown }).data)),
    };
    const take = ({ opcode, payload }: ServerFrame) => {
      if (opcode === opcodes.close) socket.end();
      if (opcode !== opcodes.text) return;
      const text = payload.toString();
      const type = text.startsWith("4") ? text.slice(0, 2) : text.slice(0, 1);
      act[type]?.(text.slice(type.length));
    };
    for (const frame of reader.push(rest)) take(frame);
    socket.on("data", (chunk) => {
      for (const frame of reader.push(chunk)) take(frame);
    });
  });
}
