/** A connection over Socket.IO. */
import {
  type Close,
  eventTypes,
  type FaultlineEvent,
  type SubscribeAck,
  socketPath,
} from "@faultline/contract";
import { io, type Socket } from "socket.io-client";
import { type Connection, type ConnectionEvents, type ConnectionRequest, patienceMs } from "./connection.ts";

export function openSocket(request: ConnectionRequest, events: ConnectionEvents): Connection {
  const { url, token, rooms } = request;
  const socket = io(url, {
    path: socketPath,
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    timeout: patienceMs,
    auth: { token },
  });
  let end = (_why: string) => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const giveUp = (why: string) => {
    end(why);
    socket.close();
  };
  const subscribe = (since: string | undefined) => {
    const message = { rooms, ...(since !== undefined && { since }) };
    // Taken in the very tick in which the answer arrives: what follows it are events.
    socket.timeout(patienceMs).emit("subscribe", message, (error: Error | null, answer: SubscribeAck) => {
      if (error) giveUp("no answer");
      else if (answer.ok) events.subscribed(answer);
      else giveUp(`refused: ${answer.error.reason}`);
    });
  };
  socket.on("connect_error", (error) => end(`refused: ${error.message}`));
  socket.on("disconnect", (reason) => end(reason));
  socket.on("connect", () => subscribe(request.since));
  listen(socket, events);
  return {
    ended,
    subscribe,
    async leave() {
      await socket
        .timeout(patienceMs)
        .emitWithAck("unsubscribe", { rooms })
        .catch(() => giveUp("no answer"));
    },
    // Socket.IO tells nothing of a connection that is closed before it came about.
    close: () => giveUp("left"),
  };
}

function listen(socket: Socket, events: ConnectionEvents): void {
  for (const type of eventTypes) socket.on(type, (event: FaultlineEvent) => events.event(event));
  socket.on("sync:lost", ({ position }: { position: string }) => events.lost(position));
  socket.on("session:closed", ({ reason, retryAfterMs }: Close) => events.dismissed(reason, retryAfterMs));
  socket.on("relay:draining", ({ reconnectAfterMs }: { reconnectAfterMs: number }) =>
    events.dismissed("relay:draining", reconnectAfterMs),
  );
}
