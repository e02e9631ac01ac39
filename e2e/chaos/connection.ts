/** One connection to a relay, over either transport, and nothing of what it is for. */
import type { FaultlineEvent } from "@faultline/contract";
import { openSocket } from "./socket.ts";
import { openStream } from "./stream.ts";

export type Transport = "ws" | "sse";

export interface ConnectionRequest {
  readonly url: string;
  readonly token: string;
  readonly rooms: readonly string[];
  /** The position to resume from. */
  readonly since: string | undefined;
}

/** How a subscription begins, as far as the relay says: a stream that resumes is told nothing, another its position. */
export interface Beginning {
  readonly position?: string;
  readonly recovered?: boolean;
  readonly replayed?: number;
}

/** What a connection tells of, each in the order of its arrival. */
export interface ConnectionEvents {
  subscribed(beginning: Beginning): void;
  event(event: FaultlineEvent): void;
  /** Something that no relay may send. */
  malformed(what: string): void;
  lost(position: string): void;
  /** The relay says why it ends the connection, or will, and how long to stay away. */
  dismissed(reason: string, awayMs: number): void;
}

export interface Connection {
  /** Resolves when it is over, whoever ended it and why; also when it never came about. */
  readonly ended: Promise<string>;
  /** Leaves all rooms, the connection stays; resolves when that was answered. Streams can't. */
  leave?(): Promise<void>;
  /** Subscribes again after having left. */
  subscribe?(since: string | undefined): void;
  close(): void;
}

/** What a relay that is out of reach or not answering is given up after. */
export const patienceMs = 10_000;

export function connectTo(
  transport: Transport,
  request: ConnectionRequest,
  events: ConnectionEvents,
): Connection {
  return transport === "ws" ? openSocket(request, events) : openStream(request, events);
}
