// One process per data directory: a file with the owner's process id, taken over when that process is gone.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const LOCK_FILE = "lock";

/** The directories that this very process holds: its own id in a lock file can be left from an earlier life. */
const held = new Set<string>();

/** Takes the directory, creating it if needed, and returns what gives it back. Throws when it is in use. */
export function takeDirectory(path: string): () => void {
  const directory = resolve(path);
  const file = join(directory, LOCK_FILE);
  mkdirSync(directory, { recursive: true });
  if (held.has(directory)) throw new Error(`${directory} is in use by this process.`);
  if (!create(file)) {
    const owner = Number(readFileSync(file, "utf8"));
    if (owner !== process.pid && isAlive(owner)) {
      throw new Error(
        `${directory} is in use by process ${owner}. If that is another program, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
    if (!create(file)) throw new Error(`${directory} was taken by another process just now.`);
  }
  held.add(directory);
  return () => {
    held.delete(directory);
    rmSync(file, { force: true });
  };
}

/** False when the file is already there. */
function create(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Without permission to signal it, it is there all the same.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
