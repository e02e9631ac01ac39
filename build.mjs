// Bundles one workspace: `node ../build.mjs src/index.ts lib/index.js`, run from its folder.
// The contract goes inside: `firebase deploy` and the relay's container take their folder alone, so a
// workspace package can't be one of their dependencies. What package.json lists stays an ordinary import.
import { readFileSync } from "node:fs";
import { build } from "esbuild";

const [entry, outfile] = process.argv.slice(2);
const { dependencies = {} } = JSON.parse(readFileSync("package.json", "utf8"));

await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
  logLevel: "warning",
});
