// Bundles a program of this workspace: `node build.mjs fuzz/main.ts lib/fuzz.js`. It runs inside the repository, so every
// package stays an ordinary import; what is TypeScript, the workspaces' own sources, goes inside.
import { build } from "esbuild";

const [entry, outfile] = process.argv.slice(2);

const installedPackages = {
  name: "installed packages",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || path.startsWith("@faultline/") ? undefined : { path, external: true },
    );
  },
};

await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  plugins: [installedPackages],
  logLevel: "warning",
});
