/** The run's Firestore, as an administrator sees it: what tests arrange and look at past the API. */
import { type Activity, fromDocument, type HeatCell, paths } from "@faultline/contract";
import type {} from "@faultline/local/testing/services";
import { initializeApp } from "firebase-admin/app";
import { type CollectionReference, type Firestore, getFirestore } from "firebase-admin/firestore";
import { inject } from "vitest";

const connections = new Map<string, Firestore>();

/** A connection of the file's own, apart from the one under test; to the run's Firestore by default. */
export function firestore(host: string = inject("firestoreHost")): Firestore {
  process.env.FIRESTORE_EMULATOR_HOST = host;
  const known = connections.get(host);
  if (known) return known;
  const made = getFirestore(initializeApp({ projectId: inject("projectId") }, `arrange ${host}`));
  connections.set(host, made);
  return made;
}

export async function document(path: string): Promise<Record<string, unknown> | undefined> {
  const data = (await firestore().doc(path).get()).data();
  return data && fromDocument(data);
}

/** The history of an issue, oldest first. */
export async function activityOf(organizationId: string, issueId: string): Promise<readonly Activity[]> {
  const { docs } = await firestore()
    .collection(paths.activity(organizationId, issueId))
    .orderBy("version")
    .get();
  return docs.map((entry) => fromDocument(entry.data()) as unknown as Activity);
}

export async function cellOf(organizationId: string, buildingId: string): Promise<HeatCell | undefined> {
  return (await document(`${paths.heat(organizationId)}/${buildingId}`)) as HeatCell | undefined;
}

/** Everything an organization holds, by path: equal before and after when nothing changed. */
export async function everything(organizationId: string): Promise<Readonly<Record<string, unknown>>> {
  const found = new Map<string, unknown>();
  const collect = async (collection: CollectionReference): Promise<void> => {
    const { docs } = await collection.get();
    for (const entry of docs) found.set(entry.ref.path, fromDocument(entry.data()));
    if (collection.id !== "issues") return;
    await Promise.all(docs.map(({ ref }) => collect(ref.collection("activity"))));
  };
  const root = firestore().doc(paths.organization(organizationId));
  await Promise.all((await root.listCollections()).map(collect));
  return Object.fromEntries([...found].sort());
}
