/** Organizations with one campus each, in Firestore as the relay finds them. */
import { paths } from "@faultline/contract";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { getFirestore } from "firebase-admin/firestore";
import { library, type Place } from "./event.ts";
import type { Ground } from "./ground.ts";

const writesOfBatch = 500;
const campusId = library.campusId;

export function buildingIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `b${at}`);
}

/** In the first building. */
export function placeIn(organizationId: string): Place {
  return { organizationId, campusId, buildingId: "b0" };
}

/** The organization's own room, its campus's, and one for each of its buildings. */
export function roomsOf(organizationId: string, buildings: number): readonly string[] {
  return [
    `org:${organizationId}`,
    `campus:${campusId}`,
    ...buildingIds(buildings).map((id) => `building:${id}`),
  ];
}

/** Writes so many organizations with so many buildings each. */
export async function writeOrganizations(
  { backend }: Pick<Ground, "backend">,
  organizations: readonly string[],
  buildings: number,
): Promise<void> {
  process.env.FIRESTORE_EMULATOR_HOST = backend.firestore.address;
  const app = initializeApp({ projectId: backend.projectId }, "organizations");
  const firestore = getFirestore(app);
  const location = { lat: 49, lng: -123 };
  const documents = organizations.flatMap((org) => [
    [`${paths.campuses(org)}/${campusId}`, { id: campusId, name: campusId, location }] as const,
    ...buildingIds(buildings).map(
      (id) => [`${paths.buildings(org)}/${id}`, { id, campusId, name: id, location }] as const,
    ),
  ]);
  for (let at = 0; at < documents.length; at += writesOfBatch) {
    const batch = firestore.batch();
    for (const [path, data] of documents.slice(at, at + writesOfBatch)) batch.set(firestore.doc(path), data);
    await batch.commit();
  }
  await firestore.terminate();
  await deleteApp(app);
}
