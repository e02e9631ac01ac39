/** What the local stack takes from the environment. */
import { resolve } from "node:path";
import { z } from "zod";
import { UsageError } from "./usage.ts";

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);

/** The variables, by name. */
export const settingsSchema = z.object({
  FAULTLINE_PORT_HOSTING: port(5000),
  FAULTLINE_PORT_FUNCTIONS: port(5001),
  FAULTLINE_PORT_AUTH: port(9099),
  FAULTLINE_PORT_FIRESTORE: port(8080),
  FAULTLINE_PORT_RELAY: port(4100),
  FAULTLINE_PORT_REDIS: port(6390),
  FAULTLINE_DATA: z.string().min(1).optional(),
  FAULTLINE_FIRESTORE: z.enum(["embedded", "official"]).default("embedded"),
  FAULTLINE_LOG: z.enum(["quiet", "verbose"]).default("quiet"),
});

export interface Settings {
  readonly ports: Readonly<
    Record<"hosting" | "functions" | "auth" | "firestore" | "relay" | "redis", number>
  >;
  /** Where data is kept across restarts; undefined: it is gone when the stack stops. */
  readonly dataDir: string | undefined;
  readonly firestore: "embedded" | "official";
  /** Whether the services' own output is shown. */
  readonly verbose: boolean;
}

/** The Firebase project of the local stack: the prefix "demo-" keeps the Firebase CLI off any real project. */
export const projectId = "demo-faultline";

/** Where the functions run; `firebase.json` names the same in its rewrite. */
export const region = "us-central1";

/** Every demo user's password. */
export const demoPassword = "faultline";

/** Reads the settings; throws an error that names the variable at fault. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const result = settingsSchema.safeParse(environment);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UsageError(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const values = result.data;
  return {
    ports: {
      hosting: values.FAULTLINE_PORT_HOSTING,
      functions: values.FAULTLINE_PORT_FUNCTIONS,
      auth: values.FAULTLINE_PORT_AUTH,
      firestore: values.FAULTLINE_PORT_FIRESTORE,
      relay: values.FAULTLINE_PORT_RELAY,
      redis: values.FAULTLINE_PORT_REDIS,
    },
    dataDir: values.FAULTLINE_DATA && resolve(values.FAULTLINE_DATA),
    firestore: values.FAULTLINE_FIRESTORE,
    verbose: values.FAULTLINE_LOG === "verbose",
  };
}

export interface Addresses {
  readonly hosting: string;
  readonly api: string;
  readonly relay: string;
  readonly functions: string;
  /** host:port */
  readonly auth: string;
  /** host:port */
  readonly firestore: string;
}

/** Where the services of a stack with these settings are reached. */
export function addressesOf({ ports }: Settings): Addresses {
  const hosting = `http://127.0.0.1:${ports.hosting}`;
  return {
    hosting,
    api: `${hosting}/api`,
    relay: `http://127.0.0.1:${ports.relay}`,
    functions: `http://127.0.0.1:${ports.functions}`,
    auth: `127.0.0.1:${ports.auth}`,
    firestore: `127.0.0.1:${ports.firestore}`,
  };
}
