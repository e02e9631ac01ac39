/** The rooms a client can watch: their names, and who may read them. */
import { idSchema } from "./base.ts";
import { FaultlineError } from "./errors.ts";
import type { Principal } from "./identity.ts";
import { can, isInScope, isScoped } from "./permissions.ts";

export const roomKinds = ["org", "campus", "building", "heatmap"] as const;
export type RoomKind = (typeof roomKinds)[number];

export interface Room {
  readonly kind: RoomKind;
  /** Of the organization (org, heatmap), the campus or the building. */
  readonly id: string;
}

/** Where a campus or building is: what the directory knows of it. */
export interface Place {
  readonly campusId: string;
  readonly buildingId?: string;
}

export function formatRoom(room: Room): string {
  return `${room.kind}:${room.id}`;
}

/** Parses "kind:id"; throws `room-invalid` naming `field`. */
export function parseRoom(text: unknown, field = "room"): Room {
  if (typeof text === "string") {
    const colon = text.indexOf(":");
    const kind = roomKinds.find((known) => known === text.slice(0, colon));
    const id = text.slice(colon + 1);
    if (colon > 0 && kind && idSchema.safeParse(id).success) return { kind, id };
  }
  throw new FaultlineError(
    "room-invalid",
    `${field}: must be one of ${roomKinds.map((kind) => `${kind}:ID`).join(", ")}.`,
    { field },
  );
}

/**
 * Throws unless `principal` may read `room`. `place` is where the campus or building is in the principal's own
 * organization, undefined when there is no such one; org and heatmap rooms need none.
 */
export function assertCanSubscribe(
  principal: Principal,
  room: Room,
  place: Place | undefined,
  field = "room",
): void {
  if (!can(principal, "subscribe"))
    throw new FaultlineError("permission-missing", `${field}: your role may not subscribe.`, { field });
  if (room.kind === "org" || room.kind === "heatmap") {
    assertWholeOrganization(principal, room, field);
    return;
  }
  if (!place) {
    throw new FaultlineError(
      `${room.kind}-unknown`,
      `${field}: there is no ${room.kind} ${room.id} in your organization.`,
      { field },
    );
  }
  if (!isInScope(principal, place)) throw outsideScope(room, field);
}

function assertWholeOrganization(principal: Principal, room: Room, field: string): void {
  if (room.id !== principal.organizationId) {
    throw new FaultlineError(
      "room-foreign",
      `${field}: ${formatRoom(room)} belongs to another organization.`,
      { field },
    );
  }
  if (isScoped(principal)) throw outsideScope(room, field);
}

function outsideScope(room: Room, field: string): FaultlineError {
  return new FaultlineError(
    "scope-exceeded",
    `${field}: ${formatRoom(room)} is more than you are limited to.`,
    { field },
  );
}

/**
 * The key of a room inside the relay. It starts with the organization of the token, so that no name a client
 * sends can reach another tenant: ids contain no slash.
 */
export function roomKey(organizationId: string, room: Room): string {
  return `${organizationId}/${formatRoom(room)}`;
}
