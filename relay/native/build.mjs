// Compiles the native send loop where there is a C compiler on Linux. The relay does without it, at more CPU for each delivery.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const native = dirname(fileURLToPath(import.meta.url));
const built = join(native, "..", "lib", "send.node");
const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers");

mkdirSync(dirname(built), { recursive: true });
// One of another machine, or of another version, is worse than none.
rmSync(built, { force: true });
const options = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I", headers];
const { error, status, stderr } =
  process.platform === "linux"
    ? spawnSync("cc", [...options, "-o", built, join(native, "send.c")], { encoding: "utf8" })
    : { error: undefined, status: 1, stderr: "" };
if (error || status !== 0) console.log(`The native send loop was left out: ${reason()}.`);

function reason() {
  if (process.platform !== "linux") return "it is for Linux";
  return error ? "there is no C compiler" : `it does not compile here\n${stderr}`;
}
