/** The same client over either transport, for behaviour that both share. */
import type { Inbox } from "./inbox.ts";
import { openSocket } from "./socket.ts";
import { openStream } from "./stream.ts";

export const transports = ["socket", "stream"] as const;
export type TransportName = (typeof transports)[number];

export interface Client {
  readonly inbox: Inbox;
  /** Resolves when the connection is over. */
  readonly ended: Promise<unknown>;
  close(): void;
}

/** Connects and subscribes, from a position if one is given. A stream is the one that carries everything. */
export async function openClient(
  transport: TransportName,
  url: string,
  token: string,
  rooms: readonly string[],
  since?: string,
): Promise<Client> {
  if (transport === "stream") {
    const headers = since === undefined ? {} : { "Last-Event-ID": since };
    return openStream(url, `events?${rooms.map((room) => `room=${room}`).join("&")}`, { token, headers });
  }
  const client = await openSocket(url, token);
  const answer = await client.subscribe(rooms, since);
  if (!answer.ok) throw new Error(answer.error.message);
  return client;
}
