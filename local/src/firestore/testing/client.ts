// For tests: real clients of an embedded Firestore.
import { Firestore } from "firebase-admin/firestore";
import type { EmbeddedFirestore } from "../index.ts";

export const projectId = "demo-test";

// Without it the client library looks for a cloud machine's metadata server before its first request.
process.env.METADATA_SERVER_DETECTION ??= "none";

/** A client with a connection of its own. */
export function connect(server: Pick<EmbeddedFirestore, "address">): Firestore {
  return new Firestore({ projectId, host: server.address, ssl: false });
}
