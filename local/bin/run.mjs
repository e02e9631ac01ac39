// The door of every local command: `node local/bin/run.mjs start|import|replay|watch ...`.
import "./setup.mjs";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./built.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const cli = join(root, "local", "lib", "cli.js");

// `start` runs what the sources say now; the other commands talk to a stack that is running already.
if (process.argv[2] === "start" ? !isBuilt(root) : !existsSync(cli)) {
  const { status, stderr } = spawnSync("npm", ["run", "build", "--silent"], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) {
    console.error(`The build failed:\n${stderr}`);
    process.exit(1);
  }
}
await import(cli);
