/** Reads campuses and buildings from Firestore. */
import { formatRoom, idSchema, type Place, paths } from "@faultline/contract";
import type { Firestore } from "firebase-admin/firestore";
import type { Places } from "./directory.ts";

/** Only the fields that are needed: outlines are large. */
export async function readPlaces(firestore: Firestore, organizationId: string): Promise<Places> {
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
