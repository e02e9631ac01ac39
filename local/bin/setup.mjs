// Makes a fresh clone ready to run: npm packages, and Redis through the system's package manager; for `npm test`, which
// passes --for-tests, also HAProxy. Plain JavaScript on Node's own modules, since nothing is installed yet when it runs.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const [major, minor] = process.versions.node.split(".").map(Number);

/** How each package manager installs a package; the first that is there is used. */
const installers = [
  {
    command: "apt-get",
    steps: (name) => [
      ["update", "-qq"],
      ["install", "-y", "-qq", name],
    ],
    asRoot: true,
  },
  { command: "dnf", steps: (name) => [["install", "-y", "-q", name]], asRoot: true },
  { command: "apk", steps: (name) => [["add", "--quiet", name]], asRoot: true },
  { command: "brew", steps: (name) => [["install", "--quiet", name]], asRoot: false },
];

const redis = {
  program: "redis-server",
  name: "Redis 6.2",
  packages: { "apt-get": "redis-server" },
  usual: "redis",
};
const haproxy = {
  program: "haproxy",
  name: "HAProxy 2.6",
  packages: {},
  usual: "haproxy",
};

setUp();

function setUp() {
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node 20.19 or newer is needed; this is ${process.version}.`);
  if (!packagesAreCurrent()) installPackages();
  ensure(redis);
  if (process.argv.includes("--for-tests")) ensure(haproxy);
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

function ensure({ program, name, packages, usual }) {
  if (has(program)) return;
  const installer = installers.find(({ command }) => has(command));
  const byHand = `Install ${name} or newer so that ${program} is on the PATH, then try again.`;
  if (!installer) fail(byHand);
  console.log(`Installing ${program} with ${installer.command} (once) ...`);
  const needsSudo = installer.asRoot && process.getuid?.() !== 0;
  for (const step of installer.steps(packages[installer.command] ?? usual)) {
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
