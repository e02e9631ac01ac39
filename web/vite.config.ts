import { defineConfig } from "vite";
import { configFile } from "./build/config-file.ts";
import { firstLoad } from "./build/first-load.ts";

export default defineConfig({
  plugins: [configFile(), firstLoad()],
  build: {
    // The oldest browsers with light-dark() and WebGL 2 modules know all of this.
    target: "es2022",
    sourcemap: true,
    // The map is that large, and loaded only by the views that show it.
    chunkSizeWarningLimit: 1_500,
  },
});
