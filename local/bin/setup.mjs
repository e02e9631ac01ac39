// Makes a fresh clone ready to run: npm packages, and Redis through the system's package manager; for `npm test`, which
// passes --for-tests, also HAProxy, and where it can Chromium and Python's Socket.IO client. Plain JavaScript on Node's own
// modules, since nothing is installed yet when it runs.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { wanted } from "./wanted.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const [major, minor] = process.versions.node.split(".").map(Number);

/** How each package manager installs packages, once it is ready to; the first that is there is used. */
const installers = [
  { command: "apt-get", prepare: ["update", "-qq"], install: ["install", "-y", "-qq"], asRoot: true },
  { command: "dnf", install: ["install", "-y", "-q"], asRoot: true },
  { command: "apk", install: ["add", "--quiet"], asRoot: true },
  { command: "brew", install: ["install", "--quiet"], asRoot: false },
];

const redis = {
  name: "Redis 6.2 or newer",
  isThere: () => has("redis-server"),
  packages: { "apt-get": ["redis-server"], usual: ["redis"] },
};
const haproxy = {
  name: "HAProxy 2.6 or newer",
  isThere: () => has("haproxy"),
  packages: { usual: ["haproxy"] },
};

const compiler = {
  name: "a C compiler",
  isThere: () => has("cc"),
  packages: { "apt-get": ["gcc", "libc6-dev"], apk: ["build-base"], usual: ["gcc"] },
};

setUp();

function setUp() {
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node 20.19 or newer is needed; this is ${process.version}.`);
  if (!packagesAreCurrent()) installPackages();
  const isForTests = process.argv.includes("--for-tests");
  require(isForTests ? [redis, haproxy, compiler] : [redis]);
  if (isForTests) want(wanted);
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

/** Installs what is not there; without it nothing goes on. */
function require(programs) {
  for (const { name, isThere, packages } of programs) {
    const problem = isThere() ? undefined : install(packages);
    if (problem) fail(`${problem} Install ${name}, then try again.`);
  }
}

/** Installs what is not there; who needs it does without where that fails. */
function want(programs) {
  for (const { name, isThere, packages, neededBy } of programs) {
    const problem = isThere() ? undefined : install(packages);
    if (problem) console.warn(`${problem} Without ${name}, ${neededBy} will be skipped.`);
  }
}

/** Gives why it could not, or undefined. */
function install(packages) {
  const installer = installers.find(({ command }) => has(command));
  const names = packages[installer?.command] ?? packages.usual;
  if (!installer || !names) return "No package manager is known that has it.";
  const { command, asRoot, prepare } = installer;
  console.log(`Installing ${names.join(" ")} with ${command} (once) ...`);
  const prefix = asRoot && process.getuid?.() !== 0 ? ["sudo", "-n"] : [];
  const steps = [prepare, [...installer.install, ...names]].filter((step) => step !== undefined);
  // Once is enough.
  installer.prepare = undefined;
  for (const step of steps) {
    const [first, ...rest] = [...prefix, command, ...step];
    if (run(first, rest).status !== 0) return `${[first, ...rest].join(" ")} failed.`;
  }
  return undefined;
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
