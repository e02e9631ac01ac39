// The events that triggers have not handled yet, in a file, so that they outlive the process: one line of JSON for
// each event that comes, and one for each that is done. Written before the client that committed hears of it.
import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** An event on its way to one trigger. */
export interface PendingEvent {
  readonly id: number;
  readonly trigger: string;
  /** The document's path. */
  readonly path: string;
  /** The CloudEvent, as it is sent. */
  readonly body: string;
}

export interface Outbox {
  /** What was pending when the outbox was opened, in the order in which it came. */
  readonly left: readonly PendingEvent[];
  add(event: Omit<PendingEvent, "id">): PendingEvent;
  remove(event: PendingEvent): void;
  close(): void;
}

const lineSchema = z.union([
  z.object({ id: z.number(), trigger: z.string(), path: z.string(), body: z.string() }),
  z.object({ done: z.number() }),
]);

/** Remembers nothing: what is pending is gone with the process. */
export function memoryOutbox(): Outbox {
  let lastId = 0;
  return { left: [], add: (event) => ({ ...event, id: ++lastId }), remove: () => {}, close: () => {} };
}

/**
 * Opens the outbox in a directory, which must be one that no other process uses; creates it if needed. Throws when it
 * is damaged. What cannot be written later is logged, and pending in memory only.
 */
export function fileOutbox(directory: string, log: (line: string) => void): Outbox {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "outbox");
  const pending = readPending(file);
  const left = [...pending.values()];
  let lastId = left.at(-1)?.id ?? 0;
  const append = appender(rewrite(file, left), log);
  return {
    left,
    add(event) {
      const added = { ...event, id: ++lastId };
      pending.set(added.id, added);
      append.line(added);
      return added;
    },
    remove({ id }) {
      pending.delete(id);
      if (pending.size === 0) append.startOver();
      else append.line({ done: id });
    },
    close: append.close,
  };
}

/** Writes the file anew with only what is pending; tells its size in bytes. */
function rewrite(file: string, left: readonly PendingEvent[]): { file: string; size: number } {
  const text = left.map(lineOf).join("");
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  return { file, size: Buffer.byteLength(text) };
}

function appender(start: { readonly file: string; readonly size: number }, log: (line: string) => void) {
  const handle = openSync(start.file, "a");
  let { size } = start;
  return {
    line(line: object) {
      const text = lineOf(line);
      try {
        appendFileSync(handle, text);
        size += Buffer.byteLength(text);
      } catch (error) {
        // Half a line in the middle would make the file unreadable.
        ftruncateSync(handle, size);
        log(`${start.file} cannot be written: ${(error as Error).message}`);
      }
    },
    startOver() {
      ftruncateSync(handle);
      size = 0;
    },
    close: () => closeSync(handle),
  };
}

const lineOf = (line: object) => `${JSON.stringify(line)}\n`;

function readPending(file: string): Map<number, PendingEvent> {
  const pending = new Map<number, PendingEvent>();
  for (const [index, text] of linesOf(file).entries()) {
    const line = readLine(text);
    if (!line)
      throw new Error(`${file} is damaged in line ${index + 1}. Move it away to start without its events.`);
    if ("done" in line) pending.delete(line.done);
    else pending.set(line.id, line);
  }
  return pending;
}

function readLine(text: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The whole lines; a killed process can leave half a line at the end, whose commit nobody was told of. */
function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
