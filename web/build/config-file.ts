import type { Plugin } from "vite";

/**
 * Writes `config.json`, which the page reads as it starts: where the relay is, from VITE_FAULTLINE_RELAY, and the map's
 * background style, from VITE_FAULTLINE_MAP_STYLE. It is a file of its own, so that who serves the page can replace it.
 */
export function configFile(environment: NodeJS.ProcessEnv = process.env): Plugin {
  return {
    name: "faultline:config-file",
    apply: "build",
    generateBundle() {
      const config = {
        relay: environment.VITE_FAULTLINE_RELAY || undefined,
        mapStyle: environment.VITE_FAULTLINE_MAP_STYLE || undefined,
      };
      this.emitFile({ type: "asset", fileName: "config.json", source: `${JSON.stringify(config)}\n` });
    },
  };
}
