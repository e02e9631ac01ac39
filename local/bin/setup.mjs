// Makes a fresh clone ready to run: npm packages, and Redis through the system's package manager.
// Plain JavaScript on Node's own modules, since nothing is installed yet when it runs.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const [major, minor] = process.versions.node.split(".").map(Number);

/** How each package manager installs Redis, the first that is there is used. */
const redisInstallers = [
  {
    command: "apt-get",
    steps: [
      ["update", "-qq"],
      ["install", "-y", "-qq", "redis-server"],
    ],
    asRoot: true,
  },
  { command: "dnf", steps: [["install", "-y", "-q", "redis"]], asRoot: true },
  { command: "apk", steps: [["add", "--quiet", "redis"]], asRoot: true },
  { command: "brew", steps: [["install", "--quiet", "redis"]], asRoot: false },
];

setUp();

function setUp() {
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node 20.19 or newer is needed; this is ${process.version}.`);
  if (!packagesAreCurrent()) installPackages();
  if (!has("redis-server")) installRedis();
}

function packagesAreCurrent() {
  const installed = join(root, "node_modules", ".package-lock.json");
  return (
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs
  );
}

function installPackages() {
  console.log("Installing npm packages (once, about a minute) ...");
  const { status } = run(process.platform === "win32" ? "npm.cmd" : "npm", [
    "ci",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
  if (status !== 0) fail("npm ci failed; see above.");
}

function installRedis() {
  const installer = redisInstallers.find(({ command }) => has(command));
  const byHand = "Install Redis 6.2 or newer so that redis-server is on the PATH, then try again.";
  if (!installer) fail(byHand);
  console.log(`Installing Redis with ${installer.command} (once) ...`);
  const needsSudo = installer.asRoot && process.getuid?.() !== 0;
  for (const step of installer.steps) {
    const [command, ...args] = [...(needsSudo ? ["sudo", "-n"] : []), installer.command, ...step];
    if (run(command, args).status !== 0) fail(`${installer.command} ${step.join(" ")} failed. ${byHand}`);
  }
}

function has(command) {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}

function run(command, args) {
  return spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
