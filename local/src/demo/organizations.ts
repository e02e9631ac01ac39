/** The demo organizations: made up, and plainly so. */
import type { Building, Campus, Claims, Outline } from "@faultline/contract";

export interface DemoOrganization {
  readonly id: string;
  readonly name: string;
  readonly campuses: readonly Campus[];
  readonly buildings: readonly Building[];
  /** How many issues it has. */
  readonly issues: number;
}

export interface DemoUser {
  readonly uid: string;
  readonly email: string;
  readonly name: string;
  readonly claims: Claims;
}

/** Metres to degrees, near enough for a drawing of a campus. */
const latitude = (metres: number) => metres / 111_320;
const longitude = (metres: number, lat: number) => metres / (111_320 * Math.cos((lat * Math.PI) / 180));

interface Plan {
  readonly id: string;
  readonly name: string;
  /** Metres east and north of the campus's middle, and the sides of the building. */
  readonly at: readonly [number, number];
  readonly size: readonly [number, number];
  /** A wing along the west side that reaches this many metres further south. */
  readonly wing?: number;
}

function outlineOf(campus: Campus, plan: Plan): Outline {
  const [east, north] = plan.at;
  const [width, depth] = plan.size;
  const south = north - (plan.wing ?? 0);
  const corners: readonly (readonly [number, number])[] = plan.wing
    ? [
        [0, south],
        [width / 3, south],
        [width / 3, north],
        [width, north],
        [width, north + depth],
        [0, north + depth],
        [0, south],
      ]
    : [
        [0, north],
        [width, north],
        [width, north + depth],
        [0, north + depth],
        [0, north],
      ];
  const { lat, lng } = campus.location;
  const ring = corners.map(
    ([x, y]) => [round(lng + longitude(east + x, lat)), round(lat + latitude(y))] as [number, number],
  );
  return { type: "Polygon", coordinates: [ring] };
}

const round = (degrees: number) => Math.round(degrees * 1e6) / 1e6;

function buildingsOf(campus: Campus, plans: readonly Plan[]): readonly Building[] {
  return plans.map((plan) => ({
    id: plan.id,
    campusId: campus.id,
    name: plan.name,
    location: {
      lat: round(campus.location.lat + latitude(plan.at[1] + plan.size[1] / 2)),
      lng: round(campus.location.lng + longitude(plan.at[0] + plan.size[0] / 2, campus.location.lat)),
    },
    outline: JSON.stringify(outlineOf(campus, plan)),
    rooms: ["101", "102", "201", "202"],
  }));
}

const north: Campus = { id: "north", name: "North Campus", location: { lat: 51.9236, lng: 4.4683 } };
const harbor: Campus = { id: "harbor", name: "Harbor Campus", location: { lat: 51.9052, lng: 4.4562 } };
const main: Campus = { id: "main", name: "Main Campus", location: { lat: 52.0907, lng: 5.1214 } };

const riverside: DemoOrganization = {
  id: "riverside",
  name: "Riverside (demo)",
  campuses: [north, harbor],
  buildings: [
    ...buildingsOf(north, [
      { id: "library", name: "Library", at: [-40, 20], size: [80, 50], wing: 40 },
      { id: "science", name: "Science Hall", at: [70, 30], size: [90, 40] },
      { id: "arts", name: "Arts Building", at: [-150, 10], size: [70, 60] },
      { id: "gym", name: "Gymnasium", at: [-140, -110], size: [100, 60] },
      { id: "dining", name: "Dining Hall", at: [10, -100], size: [60, 45] },
      { id: "dorm-a", name: "Residence A", at: [100, -120], size: [30, 80] },
      { id: "dorm-b", name: "Residence B", at: [150, -120], size: [30, 80] },
    ]),
    ...buildingsOf(harbor, [
      { id: "dock-lab", name: "Dock Laboratory", at: [-120, 0], size: [100, 40], wing: 30 },
      { id: "workshop", name: "Workshop", at: [10, 20], size: [80, 60] },
      { id: "warehouse", name: "Warehouse", at: [110, 0], size: [120, 70] },
      { id: "office", name: "Harbor Office", at: [-60, -110], size: [50, 40] },
      { id: "canteen", name: "Canteen", at: [30, -100], size: [45, 35] },
    ]),
  ],
  issues: 300,
};

const hillcrest: DemoOrganization = {
  id: "hillcrest",
  name: "Hillcrest (demo)",
  campuses: [main],
  buildings: buildingsOf(main, [
    { id: "tower", name: "Tower", at: [-30, 0], size: [40, 40] },
    { id: "pavilion", name: "Pavilion", at: [40, 10], size: [60, 30] },
  ]),
  issues: 20,
};

export const demoOrganizations: readonly DemoOrganization[] = [riverside, hillcrest];

const user = (organizationId: string, name: string, claims: Omit<Claims, "organizationId">): DemoUser => ({
  uid: `${organizationId}-${name}`,
  email: `${name}@${organizationId}.test`,
  name: `${name} (${organizationId} demo)`,
  claims: { organizationId, ...claims },
});

export const demoUsers: readonly DemoUser[] = [
  user("riverside", "admin", { role: "admin" }),
  user("riverside", "manager", { role: "manager" }),
  user("riverside", "technician", { role: "technician" }),
  user("riverside", "reporter", { role: "reporter" }),
  user("riverside", "viewer", { role: "viewer" }),
  user("riverside", "harbor", { role: "viewer", campusIds: ["harbor"] }),
  user("hillcrest", "admin", { role: "admin" }),
];
