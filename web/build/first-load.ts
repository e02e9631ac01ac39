import { gzipSync } from "node:zlib";
import type { Plugin, Rollup } from "vite";

/** What the sign-in and the board need, gzipped; the build fails beyond it. A schema library would not fit in. */
export const firstLoadLimitBytes = 150_000;

/** What `App` loads as it starts, whatever the view. */
const startedModule = "/src/auth/auth.ts";

/** States what the first view loads, and fails the build when that is more than `firstLoadLimitBytes`. */
export function firstLoad(): Plugin {
  return {
    name: "faultline:first-load",
    apply: "build",
    enforce: "post",
    writeBundle(_, bundle) {
      const files = firstFiles(bundle);
      const sizes = files.map((name) => gzipSync(contentOf(bundle, name)).length);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const listed = files.map((name, index) => `${name} ${inKilobytes(sizes[index] ?? 0)}`).join(", ");
      this.info(`First load, gzipped: ${inKilobytes(total)} (${listed})`);
      if (total > firstLoadLimitBytes)
        this.error(`The first load is ${inKilobytes(total)}; it may be ${inKilobytes(firstLoadLimitBytes)}.`);
    },
  };
}

/** The entry, what it loads at once, and all that these import before they run; scripts and style sheets. */
function firstFiles(bundle: Rollup.OutputBundle): readonly string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    const part = bundle[name];
    if (part?.type !== "chunk" || found.has(name)) return;
    found.add(name);
    for (const style of part.viteMetadata?.importedCss ?? []) found.add(style);
    part.imports.forEach(visit);
  };
  const chunks = Object.values(bundle).filter((part) => part.type === "chunk");
  const started = chunks.filter(({ facadeModuleId }) => facadeModuleId?.endsWith(startedModule));
  if (started.length !== 1) throw new Error(`${startedModule} is no chunk of its own; it is counted as one`);
  for (const { fileName } of [...chunks.filter(({ isEntry }) => isEntry), ...started]) visit(fileName);
  return [...found];
}

function contentOf(bundle: Rollup.OutputBundle, name: string): string | Uint8Array {
  const part = bundle[name];
  if (!part) return "";
  return part.type === "chunk" ? part.code : part.source;
}

const inKilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`;
