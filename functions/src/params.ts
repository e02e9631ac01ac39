/** The parameters that `firebase deploy` asks for or reads from `.env`, and what they become at run time. */
import { logRetention } from "@faultline/contract";
import { defineInt, defineSecret, defineString } from "firebase-functions/params";
import { z } from "zod";

const defaults = {
  region: "us-central1",
  publishTimeoutMs: 1_000,
  ...logRetention,
  origins: "*",
  tracing: "false",
} as const;

/** Where Redis is, with password: `rediss://user:password@host:port`. */
export const redisUrl = defineSecret("REDIS_URL");
export const region = defineString("FAULTLINE_REGION", {
  default: defaults.region,
  description: "The region of all functions; firebase.json's rewrites name it too.",
});
/** Empty where Redis has a public address. */
export const vpcConnector = defineString("FAULTLINE_VPC_CONNECTOR", {
  default: "",
  description: "The Serverless VPC Access connector through which the functions reach Redis; empty for none.",
});
export const maxInstances = defineInt("FAULTLINE_MAX_INSTANCES", {
  default: 20,
  description: "The most instances of each function.",
});
export const minInstances = defineInt("FAULTLINE_MIN_INSTANCES", {
  default: 0,
  description: "Instances of the API that are kept warm.",
});
defineInt("FAULTLINE_PUBLISH_TIMEOUT_MS", {
  default: defaults.publishTimeoutMs,
  description: "The longest that a request waits for its change to be published.",
});
defineInt("FAULTLINE_LOG_ENTRIES", {
  default: defaults.entries,
  description: "Events that an organization's log keeps for clients that come back.",
});
defineInt("FAULTLINE_LOG_SECONDS", {
  default: defaults.seconds,
  description: "How long they are kept.",
});
defineString("FAULTLINE_CORS_ORIGINS", {
  default: defaults.origins,
  description: "Origins whose pages may call the REST API, separated by commas, or *.",
});
defineString("FAULTLINE_TRACING", {
  default: defaults.tracing,
  description: "Whether changes carry the W3C trace context of their request: true or false.",
});

const originsSchema = z
  .string()
  .default(defaults.origins)
  .transform((text) =>
    text
      .split(",")
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ""),
  );

/** What is read at run time. */
export const environmentSchema = z.object({
  REDIS_URL: z.string().regex(/^rediss?:\/\/./, "must be a redis:// or rediss:// URL"),
  GCLOUD_PROJECT: z.string().min(1),
  FIREBASE_AUTH_EMULATOR_HOST: z.string().optional(),
  FAULTLINE_PUBLISH_TIMEOUT_MS: z.coerce.number().int().min(1).max(30_000).default(defaults.publishTimeoutMs),
  FAULTLINE_LOG_ENTRIES: z.coerce.number().int().min(1).default(defaults.entries),
  FAULTLINE_LOG_SECONDS: z.coerce.number().int().min(1).default(defaults.seconds),
  FAULTLINE_CORS_ORIGINS: originsSchema,
  FAULTLINE_TRACING: z
    .enum(["true", "false"])
    .default(defaults.tracing)
    .transform((text) => text === "true"),
});

export interface Config {
  readonly projectId: string;
  readonly redisUrl: string;
  /** Accept the Auth emulator's tokens. */
  readonly isEmulated: boolean;
  readonly publishTimeoutMs: number;
  readonly retention: { readonly entries: number; readonly seconds: number };
  readonly allowedOrigins: readonly string[] | "any";
  /** Whether changes carry the trace of the request that made them. */
  readonly isTraced: boolean;
}

/** Throws an error that names the variable at fault. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const GCLOUD_PROJECT = environment.GCLOUD_PROJECT ?? projectOf(environment.FIREBASE_CONFIG);
  const result = environmentSchema.safeParse({ ...environment, GCLOUD_PROJECT });
  if (!result.success) {
    const [problem] = result.error.issues;
    throw new Error(`${problem?.path.join(".")}: ${problem?.message}`);
  }
  const { data } = result;
  return {
    projectId: data.GCLOUD_PROJECT,
    redisUrl: data.REDIS_URL,
    // Empty is unset, as `assertSafeEnvironment` has it: it must not be what lets unsigned tokens in.
    isEmulated: Boolean(data.FIREBASE_AUTH_EMULATOR_HOST),
    publishTimeoutMs: data.FAULTLINE_PUBLISH_TIMEOUT_MS,
    retention: { entries: data.FAULTLINE_LOG_ENTRIES, seconds: data.FAULTLINE_LOG_SECONDS },
    allowedOrigins: data.FAULTLINE_CORS_ORIGINS.includes("*") ? "any" : data.FAULTLINE_CORS_ORIGINS,
    isTraced: data.FAULTLINE_TRACING,
  };
}

function projectOf(firebaseConfig: string | undefined): string | undefined {
  const parsed: unknown = firebaseConfig?.startsWith("{") ? JSON.parse(firebaseConfig) : undefined;
  return z.object({ projectId: z.string() }).safeParse(parsed).data?.projectId;
}
