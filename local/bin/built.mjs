// Whether what `npm start` runs is what the sources say, by the times of the files alone.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Of each workspace that goes into the stack, what it is built into; undefined where others take it in. */
const builds = {
  contract: undefined,
  identity: undefined,
  client: "lib/index.js",
  functions: "lib/index.js",
  relay: "lib/main.js",
  local: "lib/cli.js",
  web: "dist/index.html",
};
const shared = ["build.mjs", "package-lock.json"];
const notSources = new Set(["node_modules", "lib", "dist"]);

/** False when a build is missing, or when a source was changed, added or removed after the oldest of them. */
export function isBuilt(root) {
  const times = Object.entries(builds).map(
    ([workspace, file]) => file && timeOf(join(root, workspace, file)),
  );
  const oldest = Math.min(...times.filter((time) => time !== undefined));
  return sourcesOf(root).every((path) => timeOf(path) < oldest);
}

/** All files, and the folders within the workspaces, whose time tells of what was removed. */
function sourcesOf(root) {
  const inWorkspaces = Object.keys(builds).flatMap((workspace) =>
    readdirSync(join(root, workspace))
      .filter((name) => !notSources.has(name))
      .flatMap((name) => pathsBelow(join(root, workspace, name))),
  );
  return [...shared.map((file) => join(root, file)), ...inWorkspaces];
}

function pathsBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return [path, ...readdirSync(path).flatMap((name) => pathsBelow(join(path, name)))];
}

/** Milliseconds since 1970; 0 when it is not there. */
function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
