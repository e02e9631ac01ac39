/** The log: one JSON object a line, as Cloud Logging reads it. No payloads, no tokens, no URLs. */
import { type DestinationStream, type Logger, pino } from "pino";
import type { LogLevel } from "../config.ts";

const severities: Readonly<Record<string, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/** Writes to standard output unless told otherwise. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    messageKey: "message",
    serializers: { error: (error: unknown) => describeError(error) },
    formatters: { level: (label: string) => ({ severity: severities[label] ?? "DEFAULT" }) },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string | number;
  readonly cause?: ErrorDescription;
}

/** The deepest cause that is told. */
const mostCauses = 3;

/**
 * Only these fields: ioredis puts the failed command on its errors, which may be AUTH, and gRPC its headers. What is no
 * error may be anything, such as what a client sent under the name "error".
 */
function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: "not an Error" };
  const { name, message, stack, cause } = error;
  const code: unknown = Reflect.get(error, "code");
  return {
    type: name,
    message,
    ...(stack !== undefined && { stack }),
    ...((typeof code === "string" || typeof code === "number") && { code }),
    ...(cause !== undefined && depth < mostCauses && { cause: describeError(cause, depth + 1) }),
  };
}
