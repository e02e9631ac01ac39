/** nginx with the nchan module, from Debian: as installed, or unpacked into a folder of the bench's own. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { rootDir } from "@faultline/local/emulators";

const run = promisify(execFile);
const unpackedDir = join(rootDir, "bench", "lib", "nginx");
const packages = ["nginx", "libnginx-mod-nchan"] as const;

export interface Nginx {
  readonly program: string;
  readonly module: string;
}

/** Rejects, and says why, where it can't be had. */
export async function getNginx(): Promise<Nginx> {
  const found = nginxBelow("/") ?? nginxBelow(unpackedDir);
  if (found) return found;
  await unpack().catch((error: unknown) => {
    throw new Error(`nchan can't be had: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  });
  const unpacked = nginxBelow(unpackedDir);
  if (!unpacked) throw new Error("nchan can't be had: its package holds something else");
  return unpacked;
}

function nginxBelow(folder: string): Nginx | undefined {
  const program = join(folder, "usr", "sbin", "nginx");
  const module = join(folder, "usr", "lib", "nginx", "modules", "ngx_nchan_module.so");
  return existsSync(program) && existsSync(module) ? { program, module } : undefined;
}

/** Not installed: an installed nginx would be started, and listen on the machine's port 80. */
async function unpack(): Promise<void> {
  await mkdir(unpackedDir, { recursive: true });
  await run("apt-get", ["download", "-qq", ...packages], { cwd: unpackedDir });
  const files = (await readdir(unpackedDir)).filter((name) => name.endsWith(".deb"));
  for (const file of files) await run("dpkg-deb", ["-x", join(unpackedDir, file), unpackedDir]);
  // Whatever its configuration says, with nchan in it nginx wants this one, too.
  await mkdir("/var/lib/nginx", { recursive: true });
}
