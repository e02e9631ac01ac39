/** Writes the demo organizations into Firestore and the demo users into Auth. */
import {
  type Campus,
  claimsSchema,
  countIssues,
  type HeatCell,
  type Member,
  paths,
  toDocument,
} from "@faultline/contract";
import { type Firestore, Timestamp } from "firebase-admin/firestore";
import type { Admin } from "../admin.ts";
import { demoPassword } from "../settings.ts";
import { type IssueHistory, makeHistory } from "./history.ts";
import { type DemoOrganization, type DemoUser, demoOrganizations, demoUsers } from "./organizations.ts";

type Write = readonly [path: string, data: object];

/** Writes each demo organization that is not there yet, as if it had always been; resolves to how many those were. */
export async function seedDemo(firestore: Firestore, now = new Date()): Promise<number> {
  let seeded = 0;
  for (const organization of demoOrganizations) {
    const existing = await firestore.doc(paths.organization(organization.id)).get();
    if (existing.exists) continue;
    await writeAll(firestore, documentsOf(organization, now));
    seeded++;
  }
  return seeded;
}

/** Creates the demo users with their claims; a user who is there already is left as it is. */
export async function createDemoUsers(admin: Pick<Admin, "auth">): Promise<void> {
  const { users } = await admin.auth.getUsers(demoUsers.map(({ uid }) => ({ uid })));
  const known = new Set(users.map(({ uid }) => uid));
  const missing = demoUsers.filter(({ uid }) => !known.has(uid));
  await Promise.all(missing.map((user) => createUser(admin, user)));
}

/** Creates a user who can sign in on the local stack, with the claims that make it a member. */
export async function createUser({ auth }: Pick<Admin, "auth">, user: DemoUser): Promise<void> {
  const { uid, email, name, claims } = user;
  await auth.createUser({ uid, email, displayName: name, password: demoPassword, emailVerified: true });
  await auth.setCustomUserClaims(uid, claimsSchema.parse(claims));
}

/** The document that says what a user is in its organization. */
export function memberOf({ uid, name, claims }: DemoUser): Member {
  const { organizationId: _, ...rest } = claims;
  return { uid, name, ...rest };
}

function documentsOf(organization: DemoOrganization, now: Date): readonly Write[] {
  const { id, name, campuses, buildings } = organization;
  const members = demoUsers.filter(({ claims }) => claims.organizationId === id).map(memberOf);
  const histories = makeHistory(organization, now);
  return [
    ...histories.flatMap((history) => issueDocuments(id, history)),
    ...heatCells(organization, histories).map(
      (cell): Write => [`${paths.heat(id)}/${cell.buildingId}`, cell],
    ),
    ...campuses.map((campus: Campus): Write => [`${paths.campuses(id)}/${campus.id}`, campus]),
    ...buildings.map((building): Write => [`${paths.buildings(id)}/${building.id}`, building]),
    ...members.map((member): Write => [`${paths.members(id)}/${member.uid}`, member]),
    // Last: its being there says that all of the above is.
    [paths.organization(id), { name }],
  ];
}

function issueDocuments(organizationId: string, { issue, activities }: IssueHistory): readonly Write[] {
  return [
    [`${paths.issues(organizationId)}/${issue.id}`, issue],
    ...activities.map(
      (entry): Write => [`${paths.activity(organizationId, issue.id)}/${entry.version}`, entry],
    ),
  ];
}

function heatCells({ buildings }: DemoOrganization, histories: readonly IssueHistory[]): readonly HeatCell[] {
  return buildings.flatMap((building) => {
    const entries = histories.filter(({ issue }) => issue.buildingId === building.id);
    const times = entries.map(({ issue }) => issue.updatedAt).sort();
    const updatedAt = times.at(-1);
    if (updatedAt === undefined) return [];
    const tally = countIssues(entries.map(({ issue }) => issue));
    const version = entries.reduce((count, { activities }) => count + activities.length, 0);
    return [{ ...tally, buildingId: building.id, campusId: building.campusId, updatedAt, version }];
  });
}

async function writeAll(firestore: Firestore, writes: readonly Write[]): Promise<void> {
  const last = writes.at(-1);
  const writer = firestore.bulkWriter();
  for (const [path, data] of writes.slice(0, -1)) void writer.set(firestore.doc(path), store(data));
  await writer.close();
  if (last) await firestore.doc(last[0]).set(store(last[1]));
}

const store = (data: object) => toDocument(data, Timestamp.fromDate);
