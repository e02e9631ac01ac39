import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rootDir } from "@faultline/local/emulators";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const client = join(rootDir, "client");

/** What a page loads, minified and gzipped, that has just this in it. */
async function measure(contents: string, external: readonly string[]) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: client, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    external: [...external],
  });
  const [file] = outputFiles;
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  return { bytes: gzipSync(file?.contents ?? "").length, inputs };
}

/** The README's figure: kilobytes begun. */
function stated(row: string): number {
  const readme = readFileSync(join(client, "README.md"), "utf8");
  const [, kilobytes] =
    readme
      .split("## Size")[1]
      ?.split("\n")
      .find((line) => line.startsWith(`| ${row}`))
      ?.match(/(\d+) kB/) ?? [];
  return Number(kilobytes);
}

const core = 'export * from "./src/index.ts"';
const cases = [
  ["the core", core, ["socket.io-client"]],
  ["socket.io-client", 'export { io } from "socket.io-client"', []],
  ["`createApi`", 'export { createApi } from "./src/index.ts"', []],
] as const;

describe("the size", () => {
  it.each(cases)("of %s is what the README says", async (row, contents, external) => {
    const { bytes } = await measure(contents, external);
    expect(Math.ceil(bytes / 1_000)).toBe(stated(row));
  });

  it("of the hooks is what the README says", async () => {
    const outside = ["socket.io-client", "react"];
    const both = await measure(`${core}; export * from "./react/index.ts"`, outside);
    const alone = await measure(core, outside);
    expect(Math.ceil((both.bytes - alone.bytes) / 1_000)).toBe(stated("the hooks"));
  });

  it("has no schema library in it", async () => {
    const { inputs } = await measure(core, []);
    expect(inputs.filter((input) => input.includes("/zod/"))).toEqual([]);
  });

  it("has nothing in it of what is not used: the API alone brings no connection and no cache", async () => {
    const { inputs } = await measure('export { createApi } from "./src/index.ts"', []);
    const folders = new Set(inputs.map((input) => input.replace(/^.*client\/(src\/\w+)\/.*$/, "$1")));
    expect([...folders].filter((folder) => folder.startsWith("src/")).sort()).toEqual([
      "src/api",
      "src/base",
    ]);
    expect(inputs.filter((input) => input.includes("socket.io"))).toEqual([]);
  });
});
