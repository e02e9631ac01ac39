import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rootDir } from "@faultline/local/emulators";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";

const client = join(rootDir, "client");
const node = async (...args: readonly string[]) =>
  (await promisify(execFile)(process.execPath, args, { cwd: client })).stdout.trim();

beforeAll(async () => {
  await node("build.mjs");
  await node("types.mjs");
}, 60_000);

describe("the built package", () => {
  it("is loaded by plain Node, and lets it end after a client was closed", async () => {
    const program = `
      import { createFaultline } from "@faultline/client";
      const nobody = { api: "http://127.0.0.1:9/api", relay: "http://127.0.0.1:9" };
      const getToken = () => "a." + btoa(JSON.stringify({ sub: "ada", organizationId: "riverside" })) + ".";
      const faultline = createFaultline({ ...nobody, getToken });
      faultline.watchIssues().subscribe(() => {});
      faultline.issues.comment("leak", "Still wet").catch((error) => console.log(error.name));
      faultline.connection.subscribe(() => {
        if (faultline.connection.getSnapshot().phase === "waiting") faultline.close();
      });
    `;
    expect(await node("--input-type=module", "--eval", program)).toBe("Unreachable");
  });

  it("has the hooks beside it, which need React and nothing else", async () => {
    const program = `import * as hooks from "@faultline/client/react"; console.log(Object.keys(hooks).join());`;
    expect(await node("--input-type=module", "--eval", program)).toBe(
      "FaultlineProvider,useConnection,useFaultline,useHeatmap,useIssue,useIssues,usePendingWrites,useStats",
    );
  });
});

const consumer = `
  import { createFaultline, type Issue, Refusal } from "@faultline/client";
  import { FaultlineProvider, useIssues } from "@faultline/client/react";

  const faultline = createFaultline({ api: "a", relay: "b", getToken: () => "c" });
  export const titles: readonly string[] = faultline.watchIssues().getSnapshot().items.map(({ title }) => title);
  export const report: Promise<Issue> = faultline.issues.report({
    buildingId: "library", title: "Leak", category: "plumbing", severity: "high",
  });
  faultline.on("issue:resolved", ({ data, version }) => console.log(data.issue.status satisfies Issue["status"], version + 1));
  report.catch((error) => error instanceof Refusal && error.reason === "permission-missing");
  export const parts = [FaultlineProvider, useIssues];
  // @ts-expect-error There is no such severity.
  faultline.issues.update("leak", { severity: "urgent" });
  // @ts-expect-error There is no such event.
  faultline.on("issue:vanished", () => {});
`;

const compilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  target: "es2022",
  module: "nodenext",
  lib: ["es2023", "dom", "dom.iterable"],
  types: [],
};

describe("the packed package", () => {
  it("is installed alone into an empty folder, and has all its types there", {
    timeout: 180_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "faultline-client-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const run = (program: string, args: readonly string[], cwd = folder) =>
      promisify(execFile)(program, args, { cwd });
    await run("npm", ["pack", "--pack-destination", folder], client);
    const [tarball = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const options = ["--no-audit", "--no-fund", "--prefer-offline", "--legacy-peer-deps"];
    await run("npm", ["install", ...options, `./${tarball}`, "@types/react@18.3.8"]);
    const installed = join(folder, "node_modules", "@faultline");
    expect(await readdir(installed)).toEqual(["client"]);
    expect((await readdir(join(installed, "client"))).toSorted()).toEqual([
      "README.md",
      "lib",
      "package.json",
    ]);
    expect(await readFile(join(installed, "client", "lib", "index.js"), "utf8")).not.toMatch(/"@faultline\//);

    await writeFile(join(folder, "main.ts"), consumer);
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", "."]).catch(
      (error: { readonly stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });
});
