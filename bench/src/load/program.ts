/** The programs in C: compiled when a compiler is there, and only when they have changed. */
import { execFile } from "node:child_process";
import { mkdir, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { rootDir } from "@faultline/local/emulators";

const run = promisify(execFile);
const sourceDir = join(rootDir, "bench", "native");
const programDir = join(rootDir, "bench", "lib", "native");

const sources = {
  load: ["load.c", "crowd.c", "client.c", "speech.c", "hearing.c", "tally.c", "histogram.c"],
  floor: ["floor.c"],
} as const satisfies Record<string, readonly string[]>;
export type Program = keyof typeof sources;

/** Gives the program's path; undefined where there is no C compiler. Rejects when it doesn't compile. */
export async function compile(program: Program): Promise<string | undefined> {
  const path = join(programDir, program);
  if ((await timeOf(path)) > (await newestSource())) return path;
  if (!(await hasCompiler())) return undefined;
  await mkdir(programDir, { recursive: true });
  const files = sources[program].map((name) => join(sourceDir, name));
  // Another process may be compiling the same, or running it.
  const unfinished = `${path}-${process.pid}`;
  await run("cc", ["-O2", "-Wall", "-Wextra", "-o", unfinished, ...files]);
  await rename(unfinished, path);
  return path;
}

async function hasCompiler(): Promise<boolean> {
  return run("cc", ["--version"]).then(
    () => true,
    () => false,
  );
}

async function newestSource(): Promise<number> {
  const names = await readdir(sourceDir);
  return Math.max(...(await Promise.all(names.map((name) => timeOf(join(sourceDir, name))))));
}

/** 0 for what is not there. */
async function timeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
