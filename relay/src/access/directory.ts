/** Where the campuses and buildings of an organization are. */
import { formatRoom, type Place, type Room } from "@faultline/contract";
import type { Clock } from "../base/clock.ts";
import { available } from "../base/deadline.ts";

export interface Directory {
  /**
   * Where a campus or building is; undefined when the organization has no such one. Rejects with `unavailable` when
   * that can't be found out.
   */
  find(organizationId: string, room: Room): Promise<Place | undefined>;
}

export interface DirectoryLimits {
  /** How long what was read is believed. */
  readonly freshMs: number;
  /** How long it is believed that something does not exist: it may just have been made. */
  readonly unknownMs: number;
  /** The most organizations that are remembered; the longest unused is forgotten first. */
  readonly organizations: number;
}

export const directoryLimits: DirectoryLimits = { freshMs: 60_000, unknownMs: 2_000, organizations: 1_000 };

/** By the room's name. */
export type Places = ReadonlyMap<string, Place>;

interface Known {
  readonly places: Promise<Places>;
  readonly readAt: number;
}

export function createDirectory(
  read: (organizationId: string) => Promise<Places>,
  clock: Clock,
  limits: Partial<DirectoryLimits> = {},
): Directory {
  const { freshMs, unknownMs, organizations } = { ...directoryLimits, ...limits };
  const known = new Map<string, Known>();

  const readAnew = (organizationId: string): Known => {
    const entry = { places: read(organizationId), readAt: clock.now() };
    entry.places.catch(() => {
      if (known.get(organizationId) === entry) known.delete(organizationId);
    });
    return entry;
  };

  /** What is known, if it is at most `ageMs` old, or else what is read now; many who ask at once share one read. */
  const recall = (organizationId: string, ageMs: number): Promise<Places> => {
    const remembered = known.get(organizationId);
    const isYoung = remembered !== undefined && clock.now() - remembered.readAt < ageMs;
    const entry = isYoung ? remembered : readAnew(organizationId);
    known.delete(organizationId);
    known.set(organizationId, entry);
    forgetOldest(known, organizations);
    return available("The directory of places", entry.places);
  };

  return {
    async find(organizationId, room) {
      const name = formatRoom(room);
      const place = (await recall(organizationId, freshMs)).get(name);
      return place ?? (await recall(organizationId, unknownMs)).get(name);
    },
  };
}

/** A Map keeps the order of insertion, and whatever is used is inserted anew. */
function forgetOldest(known: Map<string, unknown>, most: number): void {
  const [oldest] = known.keys();
  if (known.size > most && oldest !== undefined) known.delete(oldest);
}
