/** Who may join which room. */
import {
  assertCanSubscribe,
  type Principal,
  parseRoom,
  type Room,
  type RoomKind,
  roomKinds,
} from "@faultline/contract";
import type { Directory } from "./directory.ts";

/**
 * The rooms that these names stand for, all of which `principal` may read. Throws a `FaultlineError` for the first that
 * is malformed, foreign, unknown or out of scope; `fieldOf` names the field of the request that a name came from.
 */
export type Authorize = (
  principal: Principal,
  names: readonly string[],
  fieldOf: (index: number) => string,
) => Promise<readonly Room[]>;

export function createAuthorize(directory: Directory): Authorize {
  return async (principal, names, fieldOf) => {
    const rooms = names.map((name, index) => parseRoom(name, fieldOf(index)));
    for (const [index, room] of rooms.entries()) {
      const isPlace = room.kind === "campus" || room.kind === "building";
      const place = isPlace ? await directory.find(principal.organizationId, room) : undefined;
      assertCanSubscribe(principal, room, place, fieldOf(index));
    }
    return rooms;
  };
}

/** The key of everybody who is connected for an organization: no room's name can be equal to it. */
export function everybodyKey(organizationId: string): string {
  return `${organizationId}/*`;
}

/** The kind of the room that a key stands for; undefined for everybody's. */
export function roomKindOf(key: string): RoomKind | undefined {
  const room = key.slice(key.indexOf("/") + 1);
  return roomKinds.find((kind) => room.startsWith(`${kind}:`));
}

/** The organization that a room's key is of. */
export function organizationOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}

/** Whether a key is one of the organization's. */
export function isOf(organizationId: string, key: string): boolean {
  return key.startsWith(`${organizationId}/`);
}
