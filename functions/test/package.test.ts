/** The functions as `firebase deploy` takes them: without the rest of the repository, installed on their own, loaded. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const source = fileURLToPath(new URL("..", import.meta.url));
let folder = "";

interface FileList {
  readdirRecursive(options: {
    path: string;
    ignoreStrings: readonly string[];
  }): Promise<readonly { name: string }[]>;
}

/** What the CLI uploads, by the CLI's own reading of `ignore` in firebase.json. */
async function uploaded(): Promise<readonly string[]> {
  const config = JSON.parse(await readFile(join(source, "..", "firebase.json"), "utf8"));
  const { readdirRecursive } = createRequire(import.meta.url)("firebase-tools/lib/fsAsync.js") as FileList;
  const files = await readdirRecursive({ path: source, ignoreStrings: config.functions[0].ignore });
  return files.map(({ name }) => relative(source, name)).filter((name) => dirname(name) !== "lib");
}

/** Parameters of somebody's Firebase project, which belong to what is deployed, but not to the repository. */
const isOfProject = (name: string) => name.startsWith(".env.") && name !== ".env.local";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "faultline-functions-"));
  // Built here, since other tests may be using `lib` at this moment.
  await run(process.execPath, ["../build.mjs", "src/index.ts", join(folder, "lib", "index.js")], {
    cwd: source,
  });
  for (const name of await uploaded()) await cp(join(source, name), join(folder, name), { recursive: true });
  await run("npm", ["install", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: folder });
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("what is deployed", () => {
  it("is the bundle, its package.json and its parameters, and nothing else", async () => {
    const shared = (await uploaded()).filter((name) => !isOfProject(name));
    expect(shared.toSorted()).toEqual([".env", "package.json"]);
    expect((await readdir(join(folder, "lib"))).toSorted()).toEqual(["index.js", "index.js.map"]);
  });

  it("needs no package of the repository", async () => {
    const { dependencies } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    expect(Object.keys(dependencies).filter((name) => name.startsWith("@faultline/"))).toEqual([]);
    const bundle = await readFile(join(folder, "lib", "index.js"), "utf8");
    expect(bundle).not.toMatch(/from ["']@faultline\//);
  });

  it("loads alone, without any configuration, lists its functions, and leaves nothing open", async () => {
    const script = 'console.log(JSON.stringify(Object.keys(await import("./lib/index.js")).sort()))';
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      timeout: 60_000,
    });
    expect(JSON.parse(stdout)).toEqual([
      "api",
      "assignIssue",
      "commentOnIssue",
      "createIssue",
      "deleteIssue",
      "getIssue",
      "listIssues",
      "onAlertWritten",
      "onIssueWritten",
      "onMemberWritten",
      "reconcileLog",
      "resolveIssue",
      "updateIssue",
    ]);
  });

  it("refuses to start where unsigned tokens would be accepted", async () => {
    const start = run(process.execPath, ["lib/index.js"], {
      cwd: folder,
      env: { PATH: process.env.PATH, K_SERVICE: "api", FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099" },
      timeout: 60_000,
    });
    await expect(start).rejects.toThrow(/FIREBASE_AUTH_EMULATOR_HOST/);
  });
});
