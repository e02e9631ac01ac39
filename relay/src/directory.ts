/** Where the campuses and buildings of an organization are. */
import { formatRoom, idSchema, type Place, paths, type Room } from "@faultline/contract";
import type { Firestore } from "firebase-admin/firestore";
import type { Clock } from "./clock.ts";
import { available } from "./deadline.ts";

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

type Places = ReadonlyMap<string, Place>;

interface Known {
  readonly places: Promise<Places>;
  readonly readAt: number;
}

export function createDirectory(
  firestore: Firestore,
  clock: Clock,
  limits: Partial<DirectoryLimits> = {},
): Directory {
  const { freshMs, unknownMs, organizations } = { ...directoryLimits, ...limits };
  const known = new Map<string, Known>();

  const read = (organizationId: string): Known => {
    const entry = { places: readPlaces(firestore, organizationId), readAt: clock.now() };
    entry.places.catch(() => {
      if (known.get(organizationId) === entry) known.delete(organizationId);
    });
    return entry;
  };

  /** What is known, if it is at most `ageMs` old, or else what is read now; many who ask at once share one read. */
  const recall = (organizationId: string, ageMs: number): Promise<Places> => {
    const remembered = known.get(organizationId);
    const isYoung = remembered !== undefined && clock.now() - remembered.readAt < ageMs;
    const entry = isYoung ? remembered : read(organizationId);
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

/** Only the fields that are needed: outlines are large. */
async function readPlaces(firestore: Firestore, organizationId: string): Promise<Places> {
  const [campuses, buildings] = await Promise.all([
    firestore.collection(paths.campuses(organizationId)).select().get(),
    firestore.collection(paths.buildings(organizationId)).select("campusId").get(),
  ]);
  const places = new Map<string, Place>();
  for (const { id } of campuses.docs) places.set(formatRoom({ kind: "campus", id }), { campusId: id });
  for (const document of buildings.docs) {
    const campusId = idSchema.safeParse(document.get("campusId"));
    if (!campusId.success) continue;
    const { id } = document;
    places.set(formatRoom({ kind: "building", id }), { campusId: campusId.data, buildingId: id });
  }
  return places;
}
