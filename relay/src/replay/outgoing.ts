/** An entry of the log as it goes out to subscribers. */
import { roomKey, roomsOf } from "@faultline/contract";
import { type Message, messageOf } from "../dispatch/encode.ts";
import type { Placed } from "../ingest/sequence.ts";

export interface Outgoing {
  readonly position: string;
  /** The position of the entry before it. */
  readonly previous: string;
  /** Undefined for an entry that can't be read. Whoever sends it MUST send this very object, so that it is encoded once. */
  readonly message: Message | undefined;
  /** The keys of the rooms that it goes to. */
  readonly rooms: readonly string[];
}

export function outgoingOf(organizationId: string, { position, previous, entry }: Placed): Outgoing {
  if (!entry) return { position, previous, message: undefined, rooms: [] };
  const { event, buildingIds } = entry;
  return {
    position,
    previous,
    message: messageOf({ ...event, id: position }),
    rooms: roomsOf(event, buildingIds).map((room) => roomKey(organizationId, room)),
  };
}
