/** `npm run import`: loads buildings from a GeoJSON file, idempotently. */
import { isDeepStrictEqual, parseArgs } from "node:util";
import { idSchema, paths } from "@faultline/contract";
import type { DocumentReference, Firestore } from "firebase-admin/firestore";
import { type Admin, openAdmin } from "../admin.ts";
import type { DemoUser } from "../demo/organizations.ts";
import { createUser, memberOf } from "../demo/seed.ts";
import { type GeoJsonBuildings, readBuildings } from "../geojson.ts";
import { isFree } from "../process.ts";
import { addressesOf, readSettings } from "../settings.ts";
import { readInput, UsageError } from "../usage.ts";

const usage = "npm run import -- --org ORG --campus-by PROPERTY --id PROPERTY --name PROPERTY FILE.geojson";

export interface ImportResult {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  readonly problems: readonly string[];
}

/** Reads the arguments, imports into the local stack and prints what came of it; exit status 1 when a feature was refused. */
export async function importCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      org: { type: "string" },
      "campus-by": { type: "string" },
      id: { type: "string" },
      name: { type: "string" },
    },
  });
  const [file] = positionals;
  const { org, "campus-by": campusBy, id, name } = values;
  if (!file || !org || !campusBy || !id || !name) throw new UsageError(usage);
  if (!idSchema.safeParse(org).success)
    throw new UsageError(`--org: letters, digits, _ and - only.\n${usage}`);
  const found = readBuildings(await readInput(file), { campusBy, id, name });
  const settings = readSettings();
  const addresses = addressesOf(settings);
  // The client library would go on trying for minutes.
  if (await isFree(settings.ports.firestore))
    throw new UsageError(`Nothing answers at ${addresses.firestore}; is the local stack up (npm start)?`);
  const admin = openAdmin(addresses);
  try {
    const result = await importBuildings(admin.firestore, org, found);
    await ensureAdmin(admin, org);
    report(org, result);
  } finally {
    await admin.close();
  }
}

/** Writes what is new or differs; what is the same is not written, and what can't be written is a problem. */
export async function importBuildings(
  firestore: Firestore,
  organizationId: string,
  found: GeoJsonBuildings,
): Promise<ImportResult> {
  const writer = firestore.bulkWriter();
  const problems = [...found.problems];
  const write = (reference: DocumentReference, data: object, onWritten: () => void) =>
    void writer
      .set(reference, data, { merge: true })
      .then(onWritten, (error: Error) => problems.push(`${reference.path}: ${error.message}`));
  const put = async (folder: string, items: readonly { readonly id: string }[]) => {
    const counts = { added: 0, changed: 0, same: 0 };
    const references = items.map(({ id }) => firestore.doc(`${folder}/${id}`));
    const stored = references.length > 0 ? await firestore.getAll(...references) : [];
    for (const [index, snapshot] of stored.entries()) {
      const item = items[index] as object;
      if (snapshot.exists && !differs(snapshot.data(), item)) counts.same++;
      else write(snapshot.ref, item, () => counts[snapshot.exists ? "changed" : "added"]++);
    }
    return counts;
  };
  await put(paths.campuses(organizationId), found.campuses);
  const counts = await put(paths.buildings(organizationId), found.buildings);
  const organization = await firestore.doc(paths.organization(organizationId)).get();
  if (!organization.exists) write(organization.ref, { name: organizationId }, () => {});
  await writer.close();
  return { ...counts, problems };
}

/** Whether the stored document has another value than `item` in any of the item's fields. */
function differs(stored: object | undefined, item: object): boolean {
  const known = new Map(Object.entries(stored ?? {}));
  return Object.entries(item).some(([field, value]) => !isDeepStrictEqual(known.get(field), value));
}

/** An organization that was just made has nobody in it yet: on the local stack it gets an admin to sign in as. */
async function ensureAdmin(admin: Admin, organizationId: string): Promise<void> {
  const members = await admin.firestore.collection(paths.members(organizationId)).limit(1).get();
  if (!members.empty) return;
  const user: DemoUser = {
    uid: `${organizationId}-admin`,
    email: `admin@${organizationId}.test`.toLowerCase(),
    name: `admin (${organizationId})`,
    claims: { organizationId, role: "admin" },
  };
  await createUser(admin, user);
  await admin.firestore.doc(`${paths.members(organizationId)}/${user.uid}`).set(memberOf(user));
  console.log(`Made the login ${user.email} for the new organization.`);
}

function report(organizationId: string, { added, changed, same, problems }: ImportResult): void {
  for (const problem of problems) console.error(problem);
  console.log(
    `${organizationId}: ${added + changed + same} buildings: ${added} new, ${changed} changed, ${same} as they were.`,
  );
  if (problems.length === 0) return;
  console.error(`${problems.length} features were refused, see above; the rest is imported.`);
  process.exitCode = 1;
}
