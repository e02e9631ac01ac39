/** Socket.IO by long polling, many requests for one connection: what needs the load balancer to be sticky. */
import { Agent } from "node:http";
import { eventTypes, type SubscribeAck, socketPath } from "@faultline/contract";
import { io } from "socket.io-client";
import { type Line, type LineRequest, refusalOf } from "../wire/line.ts";

const own = ["sync:lost", "relay:draining", "session:closed", "session:expiring"];

export async function openPolling(request: LineRequest): Promise<Line> {
  const { port, token, rooms, since, onMessage, localAddress } = request;
  const agent = new Agent({ keepAlive: true, localAddress });
  const socket = io(`http://127.0.0.1:${port}`, {
    path: socketPath,
    transports: ["polling"],
    forceNew: true,
    reconnection: false,
    auth: { token },
    // The client's types want a browser's agent; in Node.js it is handed to http.request.
    agent: agent as unknown as string,
  });
  for (const name of [...eventTypes, ...own]) socket.on(name, (data: unknown) => onMessage(name, data));
  const ended = new Promise<void>((resolve) => {
    socket.once("disconnect", () => resolve());
    socket.once("connect_error", () => resolve());
  }).then(() => agent.destroy());
  const joined = new Promise<void>((resolve, reject) => {
    socket.once("connect_error", (error) => reject(refusalOf("data" in error ? error.data : undefined)));
    socket.once("disconnect", () => reject(new Error("the connection ended before it was joined")));
    socket.once("connect", () => {
      socket.emit("subscribe", { rooms, since }, (answer: SubscribeAck) => {
        if (answer.ok) resolve();
        else reject(refusalOf(answer.error));
      });
    });
  });
  return { joined, ended, leave: () => socket.close(), cut: () => agent.destroy() };
}
