/** Two organizations that look alike, so that what leaks from one into the other would fit in there. */
import { paths } from "@faultline/contract";
import type { Firestore } from "firebase-admin/firestore";
import { UnsecuredJWT } from "jose";
import type { Random } from "../support/random.ts";
import { projectId } from "./processes.ts";

export const organizations = ["riverside", "hillcrest"] as const;
export type OrganizationId = (typeof organizations)[number];

/** Of each organization: its buildings, by campus. */
const places = { north: ["library", "gym", "hall"], harbor: ["pier", "depot"] } as const;
const campuses = Object.keys(places) as readonly (keyof typeof places)[];
export const buildings = Object.values(places).flat();

export const technician = "tess";

export async function seedOrganizations(firestore: Firestore): Promise<void> {
  const location = { lat: 49.26, lng: -123.25 };
  const batch = firestore.batch();
  for (const id of organizations) {
    const set = (path: string, value: object) => batch.set(firestore.doc(path), value);
    set(paths.organization(id), { name: id });
    set(`${paths.members(id)}/${technician}`, { role: "technician", name: technician });
    for (const [campusId, buildingIds] of Object.entries(places)) {
      set(`${paths.campuses(id)}/${campusId}`, { name: campusId, location });
      for (const building of buildingIds)
        set(`${paths.buildings(id)}/${building}`, { name: building, campusId, location });
    }
  }
  await batch.commit();
}

/** What a client can be interested in. */
export function roomsFor(organizationId: OrganizationId, random: Random): readonly string[] {
  const campus = `campus:${random.pick(campuses)}`;
  const [one, another] = random.shuffle(buildings);
  return random.pick([
    [`org:${organizationId}`],
    [`org:${organizationId}`, campus],
    [campus],
    [campus, `building:${one}`],
    [`building:${one}`],
    [`building:${one}`, `building:${another}`],
    [`heatmap:${organizationId}`, `building:${one}`],
  ]);
}

/** An unsigned ID token, as the Auth emulator gives it, of an admin of the organization. */
export function tokenOf(organizationId: OrganizationId, uid: string): string {
  return new UnsecuredJWT({ organizationId, role: "admin" })
    .setSubject(uid)
    .setIssuer(`https://securetoken.google.com/${projectId}`)
    .setAudience(projectId)
    .setIssuedAt()
    .setExpirationTime("24h")
    .encode();
}
