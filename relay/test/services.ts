/** The run's services, and what every test makes of its own: an organization, so that tests keep apart. */
import { randomUUID } from "node:crypto";
import type {} from "@faultline/local/testing/services";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { type Firestore, getFirestore } from "firebase-admin/firestore";
import { pino } from "pino";
import { afterAll, inject } from "vitest";

export const silent = pino({ level: "silent" });

/** The id of an organization that no other test knows. */
export function newOrganization(): string {
  return `org-${randomUUID().slice(0, 8)}`;
}

/** The embedded Firestore; let go of when the file's tests are done. */
export function useFirestore(): Firestore {
  process.env.FIRESTORE_EMULATOR_HOST = inject("firestoreHost");
  const app = initializeApp({ projectId: inject("projectId") }, randomUUID());
  const firestore = getFirestore(app);
  afterAll(async () => {
    await firestore.terminate();
    await deleteApp(app);
  });
  return firestore;
}
