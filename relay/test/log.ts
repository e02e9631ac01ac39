/** A logger, and the lines it has written. */
import { Writable } from "node:stream";
import type { Logger } from "pino";
import { createLogger } from "../src/base/logger.ts";
import type { LogLevel } from "../src/config.ts";

export type LogLine = Readonly<Record<string, unknown>>;

export function captureLog(level: LogLevel): { readonly logger: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { logger: createLogger(level, destination), lines };
}
