/** firebase-admin, pointed at a stack's Firestore and Auth. */
import { deleteApp, initializeApp } from "firebase-admin/app";
import { type Auth, getAuth } from "firebase-admin/auth";
import { type Firestore, getFirestore } from "firebase-admin/firestore";
import { type Addresses, projectId } from "./settings.ts";

export interface Admin {
  readonly firestore: Firestore;
  readonly auth: Auth;
  close(): Promise<void>;
}

let apps = 0;

/**
 * With `addresses`, an admin of that local stack; without, of the project that the Application Default Credentials
 * and `GCLOUD_PROJECT` name.
 */
export function openAdmin(addresses?: Pick<Addresses, "auth" | "firestore">): Admin {
  if (addresses) {
    process.env.METADATA_SERVER_DETECTION = "none";
    process.env.FIRESTORE_EMULATOR_HOST = addresses.firestore;
    process.env.FIREBASE_AUTH_EMULATOR_HOST = addresses.auth;
  }
  const app = initializeApp(addresses ? { projectId } : {}, `local-${apps++}`);
  return {
    firestore: getFirestore(app),
    auth: getAuth(app),
    close: () => deleteApp(app),
  };
}
