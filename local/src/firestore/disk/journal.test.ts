import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { GeoPoint, Timestamp } from "firebase-admin/firestore";
import { describe, expect, it, onTestFinished } from "vitest";
import { namesOf } from "../document/path.ts";
import { type EmbeddedFirestore, startFirestore } from "../index.ts";
import { Database } from "../store/database.ts";
import { connect, projectId } from "../testing/server.ts";
import { type JournalLimits, openJournal } from "./journal.ts";

const here = dirname(fileURLToPath(import.meta.url));

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "firestore-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs `use` with a client of a server on the directory, and stops both. */
async function withServer<T>(
  dataDir: string,
  use: (db: ReturnType<typeof connect>, server: EmbeddedFirestore) => Promise<T>,
) {
  const server = await startFirestore({ projectId, dataDir });
  const db = connect(server);
  try {
    return await use(db, server);
  } finally {
    await db.terminate();
    await server.stop();
  }
}

/** A database on a journal, without a server. */
function openDatabase(directory: string, limits?: JournalLimits) {
  const names = namesOf(projectId);
  const journal = openJournal(directory, names, limits);
  const database = new Database(names, journal.state, (changes) => journal.append(changes));
  const set = (id: string, n: number) => {
    const update = { name: names.full(`c/${id}`), fields: { n: { integerValue: String(n) } } };
    database.install(database.prepare([{ update }]));
  };
  const get = (id: string) => database.latest.get(`c/${id}`)?.fields.n?.integerValue;
  return { journal, database, set, get };
}

describe("a data directory", () => {
  it("keeps documents with their times across a restart", async () => {
    const directory = newDirectory();
    const data = {
      time: new Timestamp(1, 5000),
      place: new GeoPoint(0, 0),
      bytes: Buffer.from([1, 2]),
      nothing: null,
      big: 9007199254740991,
      zero: 0,
      notANumber: Number.NaN,
      nested: { list: [{ a: {} }], empty: [] },
    };
    const before = await withServer(directory, async (db) => {
      await db.doc("c/a").set({ old: true });
      await db.doc("c/a").set(data);
      await db.doc("c/gone").set({});
      await db.doc("c/gone").delete();
      return db.doc("c/a").get();
    });
    await withServer(directory, async (db) => {
      const after = await db.doc("c/a").get();
      expect(after.data()).toEqual(data);
      expect(after.createTime?.isEqual(before.createTime as Timestamp)).toBe(true);
      expect(after.updateTime?.isEqual(before.updateTime as Timestamp)).toBe(true);
      expect((await db.doc("c/gone").get()).exists).toBe(false);
      const { writeTime } = await db.doc("c/b").set({});
      expect(writeTime.valueOf() > (before.updateTime as Timestamp).valueOf()).toBe(true);
    });
  });

  it("serves one process at a time, and says which", async () => {
    const directory = newDirectory();
    await withServer(directory, async () => {
      await expect(startFirestore({ projectId, dataDir: directory })).rejects.toThrow("in use");
    });
    writeFileSync(join(directory, "lock"), String(process.ppid));
    await expect(startFirestore({ projectId, dataDir: directory })).rejects.toThrow(
      `process ${process.ppid}`,
    );
  });

  it("is taken over from a process that is gone", async () => {
    const directory = newDirectory();
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    writeFileSync(join(directory, "lock"), String(child.pid));
    await withServer(directory, async (db) => db.doc("c/a").set({}));
  });

  it("is free again when the server could not start", async () => {
    const directory = newDirectory();
    await withServer(newDirectory(), async (_db, { port }) => {
      await expect(startFirestore({ projectId, dataDir: directory, port })).rejects.toThrow(String(port));
    });
    await withServer(directory, async (db) => db.doc("c/a").set({}));
  });

  it("of another project is refused", () => {
    const directory = newDirectory();
    const { journal, set } = openDatabase(directory);
    set("a", 1);
    journal.close();
    expect(() => openJournal(directory, namesOf("demo-other"))).toThrow("demo-other");
  });
});

describe("a journal", () => {
  it("survives a torn end at every byte, without what was not finished and with all before it", () => {
    const directory = newDirectory();
    const first = openDatabase(directory);
    first.set("a", 1);
    const whole = statSync(join(directory, "journal")).size;
    first.set("b", 2);
    first.journal.close();
    const bytes = readFileSync(join(directory, "journal"));
    for (let size = whole; size < bytes.length; size++) {
      writeFileSync(join(directory, "journal"), bytes.subarray(0, size));
      const again = openDatabase(directory);
      expect([again.get("a"), again.get("b")]).toEqual(["1", undefined]);
      again.set("c", 3);
      again.journal.close();
      const last = openDatabase(directory);
      expect([last.get("a"), last.get("b"), last.get("c")]).toEqual(["1", undefined, "3"]);
      last.journal.close();
    }
  });

  it("ignores zeros at its end", () => {
    const directory = newDirectory();
    const { journal, set } = openDatabase(directory);
    set("a", 1);
    journal.close();
    appendFileSync(join(directory, "journal"), Buffer.alloc(100));
    const again = openDatabase(directory);
    expect(again.get("a")).toBe("1");
    again.journal.close();
  });

  it("does not pass over damage in its middle", () => {
    const directory = newDirectory();
    const { journal, set } = openDatabase(directory);
    set("a", 1);
    set("b", 2);
    journal.close();
    const file = join(directory, "journal");
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(40) ^ 0xff, 40);
    writeFileSync(file, bytes);
    expect(() => openDatabase(directory)).toThrow("damaged at byte");
    truncateSync(file, 4);
    const empty = openDatabase(directory);
    expect(empty.get("a")).toBeUndefined();
    empty.journal.close();
  });

  it("is rewritten while it runs when most of it is old, and loses nothing by that", () => {
    const directory = newDirectory();
    const { journal, set, database } = openDatabase(directory, {
      compactAfterBytes: 10_000,
      compactAfterFactor: 2,
    });
    for (let n = 0; n < 1000; n++) set(`d${n % 3}`, n);
    expect(statSync(join(directory, "journal")).size).toBeLessThan(15_000);
    const { sequence } = database;
    journal.close();
    const again = openDatabase(directory);
    expect([again.get("d0"), again.get("d1"), again.get("d2")]).toEqual(["999", "997", "998"]);
    expect(again.database.sequence).toBe(sequence);
    again.journal.close();
  });
});

describe("a process that is killed", () => {
  it("has lost no commit that a client was told of", async () => {
    const directory = newDirectory();
    const code = await build({
      stdin: { contents: WRITER, resolveDir: here, loader: "ts" },
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      packages: "external",
    });
    const child = spawn(process.execPath, ["--input-type=module", "-", directory], { cwd: here });
    const exited = once(child, "exit");
    onTestFinished(() => void child.kill("SIGKILL"));
    child.stdin.end(code.outputFiles[0]?.text);
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(line);
      if (acknowledged.length === 200) child.kill("SIGKILL");
    }
    await exited;
    await withServer(directory, async (db) => {
      const stored = new Set((await db.collection("c").get()).docs.map(({ id }) => id));
      expect(acknowledged.length).toBeGreaterThanOrEqual(200);
      expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    });
  });
});

/** Writes without end, and names each document on its output once the write is acknowledged. */
const WRITER = `
  import { startFirestore } from "../index.ts";
  import { connect, projectId } from "../testing/client.ts";
  const server = await startFirestore({ projectId, dataDir: process.argv[2] ?? "" });
  const db = connect(server);
  const write = async (id: number): Promise<void> => {
    await db.doc("c/d" + id).set({ id });
    process.stdout.write("d" + id + "\\n");
    return write(id + 8);
  };
  for (let i = 0; i < 8; i++) void write(i);
`;
