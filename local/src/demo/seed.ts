/** Writes the demo organizations into Firestore, and the logins of all members into Auth. */
import {
  type Campus,
  claimsSchema,
  countIssues,
  fromDocument,
  type HeatCell,
  type Member,
  memberSchema,
  paths,
  toDocument,
} from "@faultline/contract";
import { type Firestore, Timestamp } from "firebase-admin/firestore";
import type { Admin } from "../admin.ts";
import { demoPassword } from "../settings.ts";
import { type IssueHistory, makeHistory } from "./history.ts";
import { type DemoOrganization, type DemoUser, demoOrganizations, demoUsers } from "./organizations.ts";

type Write = readonly [path: string, data: object];

/**
 * Writes each organization that is not there yet, the demo ones by default, as if it had always been; resolves to how
 * many those were.
 */
export async function seedDemo(
  firestore: Firestore,
  now = new Date(),
  organizations: readonly DemoOrganization[] = demoOrganizations,
): Promise<number> {
  let seeded = 0;
  for (const organization of organizations) {
    const existing = await firestore.doc(paths.organization(organization.id)).get();
    if (existing.exists) continue;
    await writeAll(firestore, documentsOf(organization, now));
    seeded++;
  }
  return seeded;
}

/**
 * Gives the members of all organizations their logins. The Auth emulator forgets everything when it stops, so after a
 * restart the member documents say who there is, and with which claims. A login that can't be is only logged.
 */
export async function createLogins(
  admin: Pick<Admin, "auth" | "firestore">,
  log: (line: string) => void,
): Promise<void> {
  const { docs } = await admin.firestore.collectionGroup("members").get();
  const users = docs.flatMap((doc) => {
    const organizationId = doc.ref.parent.parent?.id ?? "";
    return userOf(organizationId, memberSchema.parse(fromDocument(doc.data()))) ?? [];
  });
  const create = (user: DemoUser) =>
    createUser(admin, user).catch((error: Error) => log(`No login for ${user.uid}: ${error.message}`));
  await Promise.all(users.map(create));
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

/** The local login of a member; of one that has another kind of id, the address is not known. */
function userOf(organizationId: string, { uid, name, ...rights }: Member): DemoUser | undefined {
  if (!uid.startsWith(`${organizationId}-`)) return undefined;
  const email = `${uid.slice(organizationId.length + 1)}@${organizationId}.test`.toLowerCase();
  return { uid, email, name: name ?? uid, claims: { organizationId, ...rights } };
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
  const written = writes.slice(0, -1).map(([path, data]) => writer.set(firestore.doc(path), store(data)));
  await Promise.all([...written, writer.close()]);
  if (last) await firestore.doc(last[0]).set(store(last[1]));
}

const store = (data: object) => toDocument(data, Timestamp.fromDate);
