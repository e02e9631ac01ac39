/** Socket.IO by long polling, many requests for one connection: what needs the load balancer to be sticky. */
import { Agent } from "node:http";
import { eventTypes, type SubscribeAck, socketPath } from "@faultline/contract";
import { io } from "socket.io-client";
import { type Line, type LineRequest, refusalOf } from "../wire/line.ts";

const own = [
  "sync:lost",
  "relay:draining",
  "relay:stale",
  "relay:fresh",
  "session:closed",
  "session:expiring",
];

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
  const { promise: ended, resolve: end } = promised<void>();
  const { promise: joined, resolve: join, reject: refuse } = promised<void>();
  const lose = () => {
    refuse(new Error("the connection ended before it was joined"));
    agent.destroy();
    end();
  };
  socket.once("disconnect", lose);
  socket.once("connect_error", (error) => {
    refuse(refusalOf("data" in error ? error.data : undefined));
    lose();
  });
  socket.once("connect", () => {
    socket.emit("subscribe", { rooms, since }, (answer: SubscribeAck) => {
      if (answer.ok) join();
      else refuse(refusalOf(answer.error));
    });
  });
  const leave = () => {
    socket.close();
    // Before it is connected, the client says nothing of its end.
    lose();
  };
  return { joined, ended, leave, cut: () => agent.destroy() };
}

/** A promise, and what settles it. */
function promised<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { promise, resolve, reject };
}
