/** The same client over either transport, for behaviour that both share. */
import type { Inbox } from "./inbox.ts";
import { openSocket } from "./socket.ts";
import { openStream } from "./stream.ts";

export const transports = ["socket", "stream"] as const;
export type TransportName = (typeof transports)[number];

export interface Client {
  readonly inbox: Inbox;
  close(): void;
}

/** Connects and subscribes. A stream is the one that carries everything. */
export async function openClient(
  transport: TransportName,
  url: string,
  token: string,
  rooms: readonly string[],
): Promise<Client> {
  if (transport === "stream") {
    return openStream(url, `events?${rooms.map((room) => `room=${room}`).join("&")}`, { token });
  }
  const client = await openSocket(url, token);
  const answer = await client.subscribe(rooms);
  if (!answer.ok) throw new Error(answer.error.message);
  return client;
}
