/** Every way to an organization's events: the socket, and each stream by token and by ticket. */
import type { RoomKind, SubscribeAck } from "@faultline/contract";
import type { Client } from "../client.ts";
import { openSocket } from "../socket.ts";
import { openStream } from "../stream.ts";

/** "ok", or status and reason of the refusal. */
export type Outcome = string;

export interface Door {
  readonly name: string;
  /** The rooms that it has anything of; no promise is made for the others but a refusal. */
  readonly kinds: readonly RoomKind[];
  /** Asks for rooms, and leaves again. */
  knock(url: string, token: string, rooms: readonly string[]): Promise<Outcome>;
  /** Asks for rooms that it must get, and stays. */
  open(url: string, token: string, rooms: readonly string[]): Promise<Client>;
}

/** What each stream carries, as the design has it. */
const routes: Readonly<Record<string, readonly RoomKind[]>> = {
  issues: ["org", "campus", "building"],
  heatmap: ["heatmap", "org", "campus"],
  stats: ["org", "campus", "building"],
  events: ["org", "campus", "building", "heatmap"],
};

export const doors: readonly Door[] = [
  { name: "socket", kinds: ["org", "campus", "building", "heatmap"], knock: knockSocket, open: enterSocket },
  ...Object.entries(routes).flatMap(([route, kinds]) => [
    streamDoor(`${route} by token`, kinds, async (_url, token, rooms) => ({
      path: pathOf(route, rooms),
      token,
    })),
    streamDoor(`${route} by ticket`, kinds, async (url, token, rooms) => {
      const { status, ticket, reason } = await askTicket(url, token);
      if (ticket === undefined) throw new Refused(`${status} ${reason}`);
      return { path: `${pathOf(route, rooms)}&ticket=${ticket}` };
    }),
  ]),
];

/** What /tickets says to whoever shows this token. */
export async function askTicket(
  url: string,
  token: string,
): Promise<{ readonly status: number; readonly ticket?: string; readonly reason?: string }> {
  const answer = await fetch(`${url}/api/realtime/tickets`, { method: "POST", headers: bearer(token) });
  return { ...((await answer.json()) as object), status: answer.status };
}

/** What a GET below /api/realtime comes to; an open stream is left at once. */
export async function get(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const abort = new AbortController();
  const answer = await fetch(`${url}/api/realtime/${path}`, { headers, signal: abort.signal });
  if (!answer.ok) return `${answer.status} ${((await answer.json()) as { reason: string }).reason}`;
  abort.abort();
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
  return isStream ? "ok" : `${answer.status} and no stream`;
}

export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

export function pathOf(route: string, rooms: readonly string[]): string {
  return `${route}?${rooms.map((room) => `room=${encodeURIComponent(room)}`).join("&")}`;
}

class Refused extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome);
  }
}

type Opening = (
  url: string,
  token: string,
  rooms: readonly string[],
) => Promise<{ readonly path: string; readonly token?: string }>;

function streamDoor(name: string, kinds: readonly RoomKind[], opening: Opening): Door {
  return {
    name,
    kinds,
    async knock(url, shown, rooms) {
      try {
        const { path, token } = await opening(url, shown, rooms);
        return await get(url, path, token === undefined ? {} : bearer(token));
      } catch (error) {
        if (error instanceof Refused) return error.outcome;
        throw error;
      }
    },
    async open(url, shown, rooms) {
      const { path, ...request } = await opening(url, shown, rooms);
      return openStream(url, path, request);
    },
  };
}

async function knockSocket(url: string, token: string, rooms: readonly string[]): Promise<Outcome> {
  try {
    const client = await openSocket(url, token);
    const answer = await client.subscribe(rooms);
    client.close();
    return outcomeOf(answer);
  } catch (error) {
    if (!isConnectError(error)) throw error;
    return `${error.data.status} ${error.data.reason}`;
  }
}

async function enterSocket(url: string, token: string, rooms: readonly string[]): Promise<Client> {
  const client = await openSocket(url, token);
  const outcome = outcomeOf(await client.subscribe(rooms));
  if (outcome !== "ok") throw new Refused(outcome);
  return client;
}

export function outcomeOf(answer: SubscribeAck): Outcome {
  return answer.ok ? "ok" : `${answer.error.status} ${answer.error.reason}`;
}

function isConnectError(error: unknown): error is { data: { status: number; reason: string } } {
  return typeof error === "object" && error !== null && "data" in error;
}
