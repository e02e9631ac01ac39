/** Which rooms show what, and which events a room has. */
import type { FaultlineEvent, Issue, Principal } from "@faultline/contract";

export interface PlaceFilter {
  readonly campusId?: string | undefined;
  readonly buildingId?: string | undefined;
}

/** The rooms in which all changes of a place are told: of all that the member may see, without a filter. */
export function placeRooms(member: Principal, { campusId, buildingId }: PlaceFilter): readonly string[] {
  if (buildingId !== undefined) return [`building:${buildingId}`];
  if (campusId !== undefined && mayWatch(member, campusId)) return [`campus:${campusId}`];
  const { organizationId, campusIds, buildingIds } = member;
  if (!campusIds && !buildingIds) return [`org:${organizationId}`];
  const campuses = campusId === undefined ? (campusIds ?? []).map((id) => `campus:${id}`) : [];
  return [...campuses, ...(buildingIds ?? []).map((id) => `building:${id}`)];
}

/** The rooms in which the heat map is told; of a building that is all there is, its stats. */
export function heatRooms(member: Principal, { campusId }: PlaceFilter): readonly string[] {
  const rooms = placeRooms(member, { campusId });
  return rooms.map((room) => (room.startsWith("org:") ? `heatmap:${member.organizationId}` : room));
}

/** The room whose stats they are: one, since those of several would have to be added up. */
export function statsRoom({ organizationId }: Principal, { campusId, buildingId }: PlaceFilter): string {
  if (buildingId !== undefined) return `building:${buildingId}`;
  return campusId === undefined ? `org:${organizationId}` : `campus:${campusId}`;
}

/** A member of some of its buildings sees those of a campus, not the campus. */
function mayWatch({ campusIds, buildingIds }: Principal, campusId: string): boolean {
  return !buildingIds || (campusIds?.includes(campusId) ?? false);
}

/**
 * Whether an event is one of the room's. One of a whole campus, such as an alert, is one of its buildings', too;
 * `campusOf` tells a building's campus, where that is known.
 */
export function isOfRoom(
  room: string,
  event: FaultlineEvent,
  campusOf: (buildingId: string) => string | undefined,
): boolean {
  if (event.type === "stats:updated") return event.data.scope === room;
  const [kind = "", id = ""] = room.split(":");
  if (event.type === "heatmap:updated") {
    if (kind === "campus") return event.data.cells.some(({ campusId }) => campusId === id);
    return (kind === "org" || kind === "heatmap") && event.organizationId === id;
  }
  if (kind === "org") return event.organizationId === id;
  if (kind === "campus") return event.campusId === id;
  if (kind !== "building") return false;
  if (event.buildingId !== undefined) return event.buildingId === id;
  return (campusOf(id) ?? event.campusId) === event.campusId;
}

/** Whether changes of the issue are told in the room. */
export function isToldIn(room: string, issue: Issue): boolean {
  const { organizationId, campusId, buildingId } = issue;
  return [`org:${organizationId}`, `campus:${campusId}`, `building:${buildingId}`].includes(room);
}
