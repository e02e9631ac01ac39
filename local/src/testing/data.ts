import { join } from "node:path";
import { rootDir } from "../emulators.ts";

/** Real inputs that lie beside the project, not in it: tests that read them skip themselves when they are absent. */
export function sharedData(file: string): string {
  return join(rootDir, "..", "shared", "data", file);
}
