// For the tests beside this: a server and real clients of it, closed when the test file is done.
import { afterAll } from "vitest";
import { type EmbeddedFirestoreOptions, startFirestore } from "../index.ts";
import { connect, projectId } from "./client.ts";

export { connect, projectId } from "./client.ts";

/** One server and client for a test file. */
export async function openFirestore(options: Partial<EmbeddedFirestoreOptions> = {}) {
  const server = await startFirestore({ projectId, ...options });
  const db = connect(server);
  const clients = [db];
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.terminate()));
    await server.stop();
  });
  return {
    server,
    db,
    another: () => {
      const client = connect(server);
      clients.push(client);
      return client;
    },
  };
}

let serial = 0;

/** A name that no other test of the file uses. */
export const unique = (stem = "c"): string => `${stem}${++serial}`;

/** The numeric gRPC code a promise rejects with; undefined when it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<number | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return (error as { code?: number }).code;
  }
}
