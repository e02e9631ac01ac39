import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CDPSession } from "playwright-core";

/** Does `act`, and where there is a folder for it, keeps a CPU profile of the page meanwhile. */
export async function profile<T>(
  devtools: CDPSession,
  dir: string | undefined,
  name: string,
  act: () => Promise<T>,
): Promise<T> {
  if (dir === undefined) return act();
  await devtools.send("Profiler.enable");
  await devtools.send("Profiler.start");
  const result = await act();
  const { profile: profiled } = await devtools.send("Profiler.stop");
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, `${name}.cpuprofile`), JSON.stringify(profiled));
  return result;
}
