/** The log: one JSON object a line, as Cloud Logging reads it. No payloads, no tokens, no URLs. */
import { type Logger, pino, stdSerializers } from "pino";
import type { LogLevel } from "../config.ts";

const severities: Readonly<Record<string, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

export function createLogger(level: LogLevel): Logger {
  return pino({
    level,
    messageKey: "message",
    serializers: { error: stdSerializers.err },
    formatters: { level: (label) => ({ severity: severities[label] ?? "DEFAULT" }) },
  });
}
