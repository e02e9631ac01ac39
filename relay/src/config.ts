/** The environment, parsed once. `docs/OPERATIONS.md` lists the variables for operators. */
import { assertSafeEnvironment } from "@faultline/identity";
import { z } from "zod";
import type { Origins } from "./access/origins.ts";
import { admissionLimits } from "./admission/admission.ts";
import type { Allowance } from "./admission/bucket.ts";
import { connectionTiming } from "./connections/connection.ts";
import { connectionLimits } from "./connections/connections.ts";
import { outboxBytes } from "./dispatch/outbox.ts";
import type { RelayLimits } from "./relay.ts";
import { replayLimits } from "./replay/replay.ts";
import { inboundLimits } from "./ws/inbound.ts";
import { type Front, fronts } from "./ws/ws.ts";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Config {
  /** Default 4100; 0 takes any free port. */
  readonly port: number;
  readonly redisUrl: string;
  readonly projectId: string;
  /** Accept the Auth emulator's unsigned tokens, and only those: FIREBASE_AUTH_EMULATOR_HOST is set. */
  readonly emulated: boolean;
  /**
   * The web origins that may connect. FAULTLINE_ORIGINS is a comma list, or `*` for any. Required on a deployed relay,
   * so that opening it to every site is a decision; with the Auth emulator the default is any.
   */
  readonly origins: Origins;
  /** Default info. */
  readonly logLevel: LogLevel;
  /** Whether Socket.IO's long polling is served too; needs sticky sessions. Default false. */
  readonly polling: boolean;
  /** Who speaks with Socket.IO clients. Default "lean". */
  readonly front: Front;
  /** What Prometheus must send as a bearer token to read the metrics. Default: anybody may. */
  readonly metricsToken: string | undefined;
  /** What differs from the defaults of each part. */
  readonly limits: RelayLimits;
}

const wholeNumber = (least: number) => {
  const message = `must be a whole number, ${least} or more`;
  return z.coerce.number(message).pipe(z.int(message).min(least, message));
};

/** By name; what each means is in `docs/OPERATIONS.md`. */
export const environmentSchema = z.object({
  PORT: z.coerce
    .number("must be a port number")
    .pipe(z.int("must be a port number").min(0).max(65_535))
    .default(4100),
  REDIS_URL: z
    .string("is required, such as redis://127.0.0.1:6379")
    .regex(/^rediss?:\/\/[^\s/]+/, "must be a redis:// or rediss:// address"),
  GOOGLE_CLOUD_PROJECT: z.string().optional(),
  GCLOUD_PROJECT: z.string().optional(),
  FIREBASE_AUTH_EMULATOR_HOST: z.string().optional(),
  FAULTLINE_ORIGINS: z.string().optional(),
  FAULTLINE_POLLING: z
    .enum(["true", "false"], "must be true or false")
    .default("false")
    .transform((text) => text === "true"),
  FAULTLINE_FRONT: z.enum(fronts, `must be one of ${fronts.join(", ")}`).default("lean"),
  FAULTLINE_METRICS_TOKEN: z
    .string()
    .regex(/^\S{16,}$/, "must have at least 16 characters and no space")
    .optional(),
  FAULTLINE_REPLAY_ENTRIES: wholeNumber(0).default(replayLimits.entries),
  FAULTLINE_CONNECTION_BUFFER_BYTES: wholeNumber(16 * 1024).default(outboxBytes),
  FAULTLINE_HANDSHAKES_PER_SECOND: wholeNumber(1).default(admissionLimits.handshakes.perSecond),
  FAULTLINE_OVERLOAD_LAG_MS: wholeNumber(1).default(admissionLimits.lagMs),
  FAULTLINE_MEMORY_BYTES: wholeNumber(64 * 1024 * 1024).optional(),
  FAULTLINE_MESSAGES_PER_SECOND: wholeNumber(1).default(inboundLimits.messages.perSecond),
  FAULTLINE_MESSAGE_BYTES_PER_SECOND: wholeNumber(1_024).default(inboundLimits.bytes.perSecond),
  FAULTLINE_CONNECTIONS: wholeNumber(1).default(connectionLimits.connections),
  FAULTLINE_CONNECTIONS_PER_USER: wholeNumber(1).default(connectionLimits.perUser),
  FAULTLINE_CONNECTION_MINUTES: wholeNumber(1).default(connectionTiming.lifeMs / 60_000),
  FAULTLINE_PING_SECONDS: wholeNumber(1).default(connectionTiming.pingMs / 1_000),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info"),
});

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws an `Error` that names the variable at fault. A variable that is set to nothing counts as not set. */
export function parseConfig(environment: Environment): Config {
  assertSafeEnvironment(environment);
  const result = environmentSchema.safeParse(withoutEmpty(environment));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Error(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const variables = result.data;
  const projectId = variables.GOOGLE_CLOUD_PROJECT ?? variables.GCLOUD_PROJECT;
  if (projectId === undefined)
    throw new Error("GOOGLE_CLOUD_PROJECT: is required, the Firebase project's id");
  const emulated = variables.FIREBASE_AUTH_EMULATOR_HOST !== undefined;
  return {
    port: variables.PORT,
    redisUrl: variables.REDIS_URL,
    projectId,
    emulated,
    origins: parseOrigins(variables.FAULTLINE_ORIGINS ?? (emulated ? "*" : undefined)),
    logLevel: variables.LOG_LEVEL,
    polling: variables.FAULTLINE_POLLING,
    front: variables.FAULTLINE_FRONT,
    metricsToken: variables.FAULTLINE_METRICS_TOKEN,
    limits: limitsOf(variables),
  };
}

function limitsOf(variables: z.infer<typeof environmentSchema>): RelayLimits {
  return {
    admission: {
      handshakes: allow(variables.FAULTLINE_HANDSHAKES_PER_SECOND, admissionLimits.handshakes),
      lagMs: variables.FAULTLINE_OVERLOAD_LAG_MS,
      memoryBytes: variables.FAULTLINE_MEMORY_BYTES,
    },
    connections: {
      connections: variables.FAULTLINE_CONNECTIONS,
      perUser: variables.FAULTLINE_CONNECTIONS_PER_USER,
    },
    life: {
      lifeMs: variables.FAULTLINE_CONNECTION_MINUTES * 60_000,
      pingMs: variables.FAULTLINE_PING_SECONDS * 1_000,
    },
    inbound: {
      messages: allow(variables.FAULTLINE_MESSAGES_PER_SECOND, inboundLimits.messages),
      bytes: allow(variables.FAULTLINE_MESSAGE_BYTES_PER_SECOND, inboundLimits.bytes),
    },
    replay: { entries: variables.FAULTLINE_REPLAY_ENTRIES },
    bufferBytes: variables.FAULTLINE_CONNECTION_BUFFER_BYTES,
  };
}

/** A burst lasts as many seconds as the default's. */
function allow(perSecond: number, usual: Allowance): Allowance {
  return { perSecond, burst: (perSecond * usual.burst) / usual.perSecond };
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}

function parseOrigins(text: string | undefined): Origins {
  if (text === undefined) {
    throw new Error(
      "FAULTLINE_ORIGINS: is required, a comma list of origins such as https://app.example, or *",
    );
  }
  if (text.trim() === "*") return "any";
  return text.split(",").map((part) => {
    const origin = part.trim();
    if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
    throw new Error(`FAULTLINE_ORIGINS: "${origin}" is not an origin such as https://app.example`);
  });
}
