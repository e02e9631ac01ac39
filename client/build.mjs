// Bundles the library for browsers and Node. The contract goes inside; what package.json lists stays an import.
import { build } from "esbuild";

await build({
  entryPoints: { index: "src/index.ts", react: "react/index.ts" },
  outdir: "lib",
  bundle: true,
  splitting: true,
  platform: "neutral",
  target: "es2022",
  format: "esm",
  sourcemap: true,
  external: ["socket.io-client", "react"],
  logLevel: "warning",
});
