/** The official Socket.IO client. */
import {
  type AuthenticateAck,
  type ErrorBody,
  eventTypes,
  type SubscribeAck,
  socketPath,
  type UnsubscribeAck,
} from "@faultline/contract";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { Inbox } from "./inbox.ts";

export interface SocketClient {
  readonly socket: Socket;
  readonly inbox: Inbox;
  /** Resolves when the connection is over. */
  readonly ended: Promise<unknown>;
  subscribe(rooms: unknown, since?: string): Promise<SubscribeAck>;
  unsubscribe(rooms: unknown): Promise<UnsubscribeAck>;
  authenticate(token: unknown): Promise<AuthenticateAck>;
  close(): void;
}

const ownMessages = [
  "sync:lost",
  "session:expiring",
  "session:closed",
  "relay:stale",
  "relay:fresh",
  "relay:draining",
];

type ClientOptions = Partial<ManagerOptions & SocketOptions>;

export function createSocket(url: string, auth: object, options: ClientOptions = {}): Socket {
  return io(url, {
    path: socketPath,
    transports: ["websocket"],
    forceNew: true,
    reconnection: false,
    autoConnect: false,
    auth,
    ...options,
  });
}

/** Resolves when the connection is accepted. */
export async function openSocket(
  url: string,
  token: string,
  options: ClientOptions = {},
): Promise<SocketClient> {
  const socket = createSocket(url, { token }, options);
  const inbox = new Inbox();
  const ended = new Promise((resolve) => socket.once("disconnect", resolve));
  for (const name of [...eventTypes, ...ownMessages]) {
    socket.on(name, (data: unknown) => inbox.add({ name, data }));
  }
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
    socket.connect();
  });
  return {
    socket,
    inbox,
    ended,
    subscribe: (rooms, since) =>
      socket.timeout(20_000).emitWithAck("subscribe", { rooms, ...(since !== undefined && { since }) }),
    unsubscribe: (rooms) => socket.timeout(20_000).emitWithAck("unsubscribe", { rooms }),
    authenticate: (token) => socket.timeout(20_000).emitWithAck("authenticate", { token }),
    close: () => socket.close(),
  };
}

/** What a connection with this `auth` is refused with. */
export async function refusalOf(url: string, auth: object): Promise<ErrorBody> {
  const socket = createSocket(url, auth);
  try {
    return await new Promise((resolve, reject) => {
      socket.once("connect", () => reject(new Error("it was accepted")));
      socket.once("connect_error", (error) => resolve((error as Error & { data: ErrorBody }).data));
      socket.connect();
    });
  } finally {
    socket.close();
  }
}
