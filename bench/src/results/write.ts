/** Puts the results into files: Markdown to read, JSON to compute with. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { markdownOf, type Results } from "./markdown.ts";

/** Gives the paths. */
export async function writeResults(folder: string, results: Results): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const paths = [join(folder, "results.md"), join(folder, "results.json")] as const;
  await writeFile(paths[0], markdownOf(results));
  await writeFile(paths[1], `${JSON.stringify(results, null, 2)}\n`);
  return paths;
}
