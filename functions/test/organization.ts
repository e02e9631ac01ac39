/** An organization of a test's own: two campuses, three buildings, a few members. */
import { randomUUID } from "node:crypto";
import { paths } from "@faultline/contract";
import { firestore } from "./firestore.ts";

export interface Organization {
  readonly id: string;
}

const campuses = { north: "North Campus", harbor: "Harbor Campus" };
const buildings = { library: "north", gym: "north", pier: "harbor" };
const members = { ada: "admin", max: "manager", tess: "technician", rita: "reporter", vera: "viewer" };

/** In the run's Firestore by default. */
export async function organization(db = firestore()): Promise<Organization> {
  const id = `org-${randomUUID()}`;
  const location = { lat: 49.26, lng: -123.25 };
  const batch = db.batch();
  const set = (path: string, value: object) => batch.set(db.doc(path), value);
  set(paths.organization(id), { name: "Test" });
  for (const [campus, name] of Object.entries(campuses))
    set(`${paths.campuses(id)}/${campus}`, { name, location });
  for (const [building, campusId] of Object.entries(buildings))
    set(`${paths.buildings(id)}/${building}`, { name: building, campusId, location });
  for (const [uid, role] of Object.entries(members)) set(`${paths.members(id)}/${uid}`, { role, name: uid });
  await batch.commit();
  return { id };
}
