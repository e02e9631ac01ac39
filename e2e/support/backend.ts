/** What relay processes need around them: Redis, Firestore, and an organization in which things happen. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { type EmbeddedFirestore, startFirestore } from "@faultline/local/firestore";
import { type ManagedProcess, startProcess, waitUntil, whenReady } from "@faultline/local/process";
import { startRedis } from "@faultline/local/redis";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { getFirestore } from "firebase-admin/firestore";
import { cellOf, entryOf, issueEvent, seed } from "../../relay/test/fixtures.ts";
import { createPublisher } from "../../relay/test/publisher.ts";

const projectId = "demo-backend";
const relayProgram = join(rootDir, "relay", "lib", "main.js");
export const organizationId = "riverside";

export interface Backend {
  readonly redisUrl: string;
  readonly firestore: EmbeddedFirestore;
  readonly projectId: string;
  /** Starts a relay; resolves when it is ready. */
  startRelay(options: RelayProcessOptions): Promise<ManagedProcess>;
  /** Publishes the organization's next event, an issue in the library, whose version is its number. Gives the position. */
  publish(): Promise<string>;
  /** Ends what it has started. */
  stop(): Promise<void>;
}

export interface RelayProcessOptions {
  readonly port: number;
  /** Of Node.js, before the program. */
  readonly nodeArguments?: readonly string[];
  /** What differs from the defaults. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

export async function startBackend(): Promise<Backend> {
  process.env.METADATA_SERVER_DETECTION = "none";
  const [redis, firestore] = await Promise.all([startRedis(), startFirestore({ projectId })]);
  await seedOrganization(firestore.address);
  const publisher = createPublisher(redis.url, organizationId);
  let version = 0;
  return {
    redisUrl: redis.url,
    firestore,
    projectId,
    startRelay: (options) => startRelay(redis.url, firestore.address, options),
    publish() {
      version += 1;
      const event = issueEvent(organizationId, "library", { version });
      return publisher.publish(
        entryOf({ ...event, time: new Date().toISOString() }, cellOf("library", version, 1)),
      );
    },
    async stop() {
      await publisher.close();
      await Promise.all([redis.stop(), firestore.stop()]);
    },
  };
}

async function seedOrganization(host: string): Promise<void> {
  process.env.FIRESTORE_EMULATOR_HOST = host;
  const app = initializeApp({ projectId }, "backend");
  const firestore = getFirestore(app);
  await seed(firestore, organizationId);
  await firestore.terminate();
  await deleteApp(app);
}

async function startRelay(
  redisUrl: string,
  firestoreHost: string,
  { port, nodeArguments = [], environment, onLine }: RelayProcessOptions,
): Promise<ManagedProcess> {
  const relay = startProcess(process.execPath, [...nodeArguments, relayProgram], {
    env: {
      ...process.env,
      METADATA_SERVER_DETECTION: "none",
      GOOGLE_CLOUD_PROJECT: projectId,
      // Unsigned tokens are taken; nobody has to listen there.
      FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9",
      FIRESTORE_EMULATOR_HOST: firestoreHost,
      REDIS_URL: redisUrl,
      PORT: String(port),
      LOG_LEVEL: "warn",
      ...environment,
    },
    ...(onLine && { onLine }),
  });
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  return whenReady(relay, waitUntil(isReady, { what: "the relay", of: relay }));
}

/** An unsigned ID token, as the Auth emulator gives it, of a viewer of the organization. */
export function tokenOf(uid: string): string {
  return tokenWith("sub", JSON.stringify(uid));
}

/** One in which a claim is this JSON: text, since it may be more than an object can be made to give. */
export function tokenWith(claim: string, json: string): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    organizationId,
    role: "viewer",
    sub: "somebody",
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    iat: now,
    exp: now + 24 * 3_600,
  };
  const payload = `${JSON.stringify(claims).slice(0, -1)},${JSON.stringify(claim)}:${json}}`;
  const parts = ['{"alg":"none","typ":"JWT"}', payload].map((part) =>
    Buffer.from(part).toString("base64url"),
  );
  return `${parts.join(".")}.`;
}
