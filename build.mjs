// Bundles programs of one workspace: `node ../build.mjs src/index.ts lib/index.js ...`, run from its folder.
// The contract goes inside: `firebase deploy` and the relay's container take their folder alone, so a
// workspace package can't be one of their dependencies. What package.json lists stays an ordinary import.
// `--in-place`, for what runs inside the repository only: every installed package stays one.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const isInPlace = process.argv[2] === "--in-place";
const files = process.argv.slice(isInPlace ? 3 : 2);
const { dependencies = {} } = JSON.parse(readFileSync("package.json", "utf8"));
const listed = Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]);

const installedPackages = {
  name: "installed packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || path.startsWith("@faultline/") ? undefined : { path, external: true },
    );
  },
};

for (let at = 0; at < files.length; at += 2)
  await build({
    entryPoints: [files[at]],
    outfile: files[at + 1],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: true,
    ...(isInPlace ? { plugins: [installedPackages] } : { external: listed }),
    logLevel: "warning",
  });
