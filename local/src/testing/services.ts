/** Vitest's global setup: one real Redis and one embedded Firestore for all unit tests of a run. */
import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { startFirestore } from "../firestore/index.ts";
import { startRedis } from "../redis.ts";
import { tellWhatWasSkipped } from "./wanted.ts";

/** Tests share the services and keep apart by using organizations of their own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.METADATA_SERVER_DETECTION = "none";
  const redis = await startRedis();
  const firestore = await startFirestore({ projectId: "demo-test" });
  project.provide("redisUrl", redis.url);
  project.provide("firestoreHost", firestore.address);
  project.provide("projectId", "demo-test");
  return async () => {
    await Promise.all([redis.stop(), firestore.stop()]);
    tellWhatWasSkipped(console.warn);
  };
}

declare module "vitest" {
  interface ProvidedContext {
    /** Where the run's Redis listens. */
    redisUrl: string;
    /** host:port of the run's Firestore, for FIRESTORE_EMULATOR_HOST. */
    firestoreHost: string;
    projectId: string;
  }
}
