import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { isBuilt } from "../bin/built.mjs";

const workspaces = ["contract", "identity", "client", "functions", "relay", "local", "web"];
const sources = ["build.mjs", "package-lock.json", ...workspaces.map((name) => `${name}/src/deep/a.ts`)];
const builds = ["client/lib/index.js", "functions/lib/index.js", "relay/lib/main.js", "local/lib/cli.js"];
const all = [...builds, "web/dist/index.html"];

let root: string;
let seconds: number;

/** Writes a file, later than everything before it, as its folder then says, too. */
async function write(file: string): Promise<void> {
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "");
  await touch(file);
}

async function touch(path: string): Promise<void> {
  seconds += 1;
  await utimes(join(root, path), seconds, seconds);
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "faultline-built-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  seconds = Date.now() / 1_000 - 10_000;
  for (const file of sources) await write(file);
  for (const name of workspaces) for (const folder of ["src/deep", "src"]) await touch(join(name, folder));
  for (const file of all) await write(file);
});

describe("what npm start runs", () => {
  it("is not built again when nothing has changed since", async () => {
    await write("web/node_modules/.cache/x.js");
    expect(isBuilt(root)).toBe(true);
  });

  it.each(all)("is built when there is no %s", async (file) => {
    await rm(join(root, file));
    expect(isBuilt(root)).toBe(false);
  });

  it.each(sources)("is built when %s is newer than the oldest build", async (file) => {
    await touch(file);
    await touch("web/dist/index.html");
    expect(isBuilt(root)).toBe(false);
  });

  it("is built when a source was removed", async () => {
    await rm(join(root, "contract/src/deep/a.ts"));
    expect(isBuilt(root)).toBe(false);
  });
});
