/** The relay as its container has it: the Dockerfile carried out by hand, outside the repository, and started. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, startProcess, waitUntil } from "@faultline/local/process";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { seed } from "./fixtures.ts";
import { buildImage, copiedFiles, type Image } from "./image.ts";
import { newOrganization, useFirestore } from "./services.ts";
import { openSocket } from "./socket.ts";
import { unsignedToken } from "./tokens.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const bundle = "relay/lib/main.js";
const firestore = useFirestore();
let folder = "";
let dockerfile = "";
let image: Image;

/** What the builder gets to see: the exceptions from "nothing". */
async function contextFiles(): Promise<readonly string[]> {
  const text = await readFile(join(repository, "relay/Dockerfile.dockerignore"), "utf8");
  const [first, ...rest] = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (first !== "*") throw new Error("Dockerfile.dockerignore does not begin with everything.");
  return rest.map((line) => line.replace(/^!/, ""));
}

/** Lays out the context. The bundle is built here, since other tests may be using the one in `lib` at this moment. */
async function layContext(context: string): Promise<void> {
  for (const file of await contextFiles()) {
    if (file !== bundle) await cp(join(repository, file), join(context, file));
  }
  await promisify(execFile)(process.execPath, ["../build.mjs", "src/main.ts", join(context, bundle)], {
    cwd: join(repository, "relay"),
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "faultline-relay-"));
  const context = join(folder, "context");
  await layContext(context);
  dockerfile = await readFile(join(repository, "relay/Dockerfile"), "utf8");
  const stages = join(folder, "stages");
  await mkdir(stages);
  image = await buildImage({ dockerfile, context, folder: stages });
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the image's command on the run's services, and waits until it is ready. */
async function start() {
  const port = await freePort();
  const [command = "", ...args] = image.command;
  const relay = startProcess(command === "node" ? process.execPath : command, args, {
    cwd: join(image.root, image.workdir),
    env: {
      ...image.env,
      METADATA_SERVER_DETECTION: "none",
      PORT: String(port),
      REDIS_URL: inject("redisUrl"),
      GOOGLE_CLOUD_PROJECT: inject("projectId"),
      FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9099",
      FIRESTORE_EMULATOR_HOST: inject("firestoreHost"),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  await waitUntil(isReady, { what: "the relay", of: relay });
  return { relay, url };
}

describe("the image", () => {
  it("is made of what the builder gets to see, all of it", async () => {
    expect(copiedFiles(dockerfile).toSorted()).toEqual((await contextFiles()).toSorted());
  });

  it("holds the bundle, the packages that it needs, and nothing of the sources", async () => {
    const files = (await readdir(join(image.root, "app"), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map(({ parentPath, name }) => join(parentPath, name).slice(image.root.length));
    expect(files.toSorted()).toEqual([
      "/app/package-lock.json",
      "/app/package.json",
      "/app/relay/lib/main.js",
      "/app/relay/package.json",
    ]);
  });

  it("has no package that only developing needs", async () => {
    const packages = await readdir(join(image.root, "app", "node_modules"));
    expect(packages).toEqual(expect.arrayContaining(["firebase-admin", "socket.io"]));
    for (const name of ["socket.io-client", "firebase-tools", "vitest"]) expect(packages).not.toContain(name);
  });

  it("does not run as root", () => {
    expect(image.user).toBe("node");
  });

  it("serves a socket, and ends on SIGTERM", async () => {
    const organizationId = newOrganization();
    await seed(firestore, organizationId);
    const { relay, url } = await start();
    try {
      const client = await openSocket(url, unsignedToken({ organizationId }));
      expect(await client.subscribe(["campus:north"])).toMatchObject({ ok: true, rooms: ["campus:north"] });
      const disconnected = new Promise((resolve) => client.socket.once("disconnect", resolve));
      relay.child.kill("SIGTERM");
      await disconnected;
      await waitUntil(() => relay.child.exitCode !== null || relay.child.signalCode !== null, {
        what: "its end",
      });
      expect(relay.child.exitCode, relay.output()).toBe(0);
    } finally {
      await relay.stop();
    }
  });
});
