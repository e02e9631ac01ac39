// The data on disk: an append-only file of commits, each written before it is acknowledged.
//
//   file   "FAULTFS1" frame*
//   frame  length (4 bytes), CRC-32 of the payload (4 bytes), payload (a protobuf Entry)
//
// A killed process leaves at most one unfinished frame at the end, which was never acknowledged and is cut off
// at the next start. The file is rewritten with only the live documents when most of it is no longer needed.
// Written to the operating system, not flushed to the disk: it outlives the process, not a power failure.
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import protobuf from "protobufjs";
import { checkFields } from "../document/document.ts";
import type { Names } from "../document/path.ts";
import type { DocumentChange, StoredDocument, Timestamp } from "../document/value.ts";
import { toMicros, toTimestamp } from "../store/clock.ts";
import type { DatabaseState } from "../store/database.ts";
import { encode, root } from "../wire/protocol.ts";
import { takeDirectory } from "./directory.ts";

export interface Journal {
  /** What the directory held when it was opened. */
  readonly state: DatabaseState;
  /** Writes one commit; when that fails the file is as it was and the error is thrown. */
  append(changes: readonly DocumentChange[]): void;
  /** Gives the directory back. Closing twice is harmless. */
  close(): void;
}

export interface JournalLimits {
  /** The file is rewritten when it has grown by so much… */
  readonly compactAfterBytes: number;
  /** …and to so many times its size after it was last rewritten. */
  readonly compactAfterFactor: number;
}

export const JournalDefaults: JournalLimits = { compactAfterBytes: 16 * 1024 * 1024, compactAfterFactor: 8 };

interface Entry {
  readonly documents?: readonly Omit<StoredDocument, "path">[];
  readonly deleted?: readonly string[];
  readonly sequence: string;
  readonly commitTime: Timestamp;
}

const MAGIC = Buffer.from("FAULTFS1");
const HEADER_BYTES = 8;
const DOCUMENTS_PER_FRAME = 500;

const entryType = new protobuf.Type("JournalEntry")
  .add(new protobuf.Field("documents", 1, "google.firestore.v1.Document", "repeated"))
  .add(new protobuf.Field("deleted", 2, "string", "repeated"))
  .add(new protobuf.Field("sequence", 3, "int64"))
  .add(new protobuf.Field("commitTime", 4, "google.protobuf.Timestamp"));
root.define("faultline").add(entryType);

/** Takes the directory and reads what it holds; throws when it is in use, damaged, or of another project. */
export function openJournal(
  directory: string,
  names: Names,
  limits: JournalLimits = JournalDefaults,
): Journal {
  const release = takeDirectory(directory);
  try {
    return new FileJournal(join(directory, "journal"), names, limits, release);
  } catch (error) {
    release();
    throw error;
  }
}

class FileJournal implements Journal {
  readonly state: DatabaseState;
  readonly #file: string;
  readonly #limits: JournalLimits;
  readonly #release: () => void;
  readonly #live = new Map<string, StoredDocument>();
  #sequence = 0;
  #time = 0;
  #handle = -1;
  #size = 0;
  #compactAt = 0;

  constructor(file: string, names: Names, limits: JournalLimits, release: () => void) {
    this.#file = file;
    this.#limits = limits;
    this.#release = release;
    if (existsSync(file)) this.#replay(readFileSync(file), names);
    this.#compact();
    this.state = { documents: [...this.#live.values()], time: this.#time, sequence: this.#sequence };
  }

  append(changes: readonly DocumentChange[]): void {
    const last = changes.at(-1);
    if (!last) return;
    if (this.#size > this.#compactAt) this.#compact();
    this.#write({
      documents: changes.flatMap(({ after }) => after ?? []),
      deleted: changes.flatMap(({ after, path }) => (after ? [] : path)),
      sequence: String(last.sequence),
      commitTime: last.commitTime,
    });
    for (const { path, after } of changes) {
      if (after) this.#live.set(path, after);
      else this.#live.delete(path);
    }
    this.#sequence = last.sequence;
    this.#time = toMicros(last.commitTime);
  }

  close(): void {
    if (this.#handle < 0) return;
    closeSync(this.#handle);
    this.#handle = -1;
    this.#release();
  }

  #write(entry: Entry): void {
    const frame = frameOf(encode(entryType, entry));
    try {
      for (let at = 0; at < frame.length; )
        at += writeSync(this.#handle, frame, at, frame.length - at, this.#size + at);
    } catch (error) {
      // Half a frame in the middle would make what follows unreadable.
      ftruncateSync(this.#handle, this.#size);
      throw error;
    }
    this.#size += frame.length;
  }

  #replay(file: Buffer, names: Names): void {
    for (const payload of framesOf(file, this.#file)) {
      const entry = entryType.toObject(entryType.decode(payload), { longs: String }) as Entry;
      for (const document of entry.documents ?? []) this.#load(document, names);
      for (const path of entry.deleted ?? []) this.#live.delete(path);
      this.#sequence = Number(entry.sequence);
      this.#time = toMicros(entry.commitTime);
    }
  }

  #load(document: Omit<StoredDocument, "path">, names: Names): void {
    const path = names.document(document.name);
    this.#live.set(path, { ...document, path, fields: checkFields(path, document.fields ?? {}) });
  }

  /** Writes the live documents to a new file that takes the place of the old one; on failure the old one stays. */
  #compact(): void {
    const old = { handle: this.#handle, size: this.#size };
    const fresh = `${this.#file}.new`;
    this.#handle = openSync(fresh, "w");
    try {
      this.#writeLive();
      fsyncSync(this.#handle);
      renameSync(fresh, this.#file);
    } catch (error) {
      closeSync(this.#handle);
      this.#handle = old.handle;
      this.#size = old.size;
      throw error;
    }
    if (old.handle >= 0) closeSync(old.handle);
    const { compactAfterFactor, compactAfterBytes } = this.#limits;
    this.#compactAt = Math.max(this.#size * compactAfterFactor, this.#size + compactAfterBytes);
  }

  #writeLive(): void {
    this.#size = writeSync(this.#handle, MAGIC);
    const documents = [...this.#live.values()];
    const position = { sequence: String(this.#sequence), commitTime: toTimestamp(this.#time) };
    // One frame also when there is nothing else: it carries the position.
    for (let i = 0; i === 0 || i < documents.length; i += DOCUMENTS_PER_FRAME) {
      this.#write({ documents: documents.slice(i, i + DOCUMENTS_PER_FRAME), ...position });
    }
  }
}

function frameOf(payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt32BE(crc32(payload), 4);
  return Buffer.concat([header, payload]);
}

/** The payloads in order, without an unfinished last one; throws when the file is damaged before its end. */
function* framesOf(file: Buffer, name: string): Iterable<Buffer> {
  if (file.length < MAGIC.length) return;
  if (!file.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error(`${name} is not a journal of this program.`);
  for (let at = MAGIC.length; at < file.length; ) {
    const end = at + HEADER_BYTES + (at + HEADER_BYTES <= file.length ? file.readUInt32BE(at) : 0);
    if (at + HEADER_BYTES > file.length || end > file.length) return;
    const payload = file.subarray(at + HEADER_BYTES, end);
    const isWhole = payload.length > 0 && crc32(payload) === file.readUInt32BE(at + 4);
    if (!isWhole && (end === file.length || isZero(file.subarray(at)))) return;
    if (!isWhole)
      throw new Error(`${name} is damaged at byte ${at}. Move it away to start with an empty database.`);
    yield payload;
    at = end;
  }
}

/** A file system can leave zeros where a write was not finished. */
const isZero = (bytes: Buffer) => bytes.every((byte) => byte === 0);
