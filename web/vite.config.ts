import { defineConfig } from "vite";
import { configFile } from "./build/config-file.ts";
import { firstLoad } from "./build/first-load.ts";

// What is built is what is deployed, also when a test runner, which says NODE_ENV=test, is who builds it.
if (process.argv.includes("build")) process.env.NODE_ENV = "production";

export default defineConfig({
  plugins: [configFile(), firstLoad()],
  build: {
    // The oldest browsers with light-dark() and WebGL 2 modules know all of this.
    target: "es2022",
    sourcemap: true,
    // What counts is stated by `firstLoad`.
    reportCompressedSize: false,
    // The map is that large, and loaded only by the views that show it.
    chunkSizeWarningLimit: 1_500,
  },
});
