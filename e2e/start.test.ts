/** `npm start`: one command that starts everything, keeps data when asked, and leaves nothing behind. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rootDir } from "@faultline/local/emulators";
import { freePort, isFree, type ManagedProcess, startProcess, waitUntil } from "@faultline/local/process";
import { addressesOf, readSettings } from "@faultline/local/settings";
import { signInAs } from "@faultline/local/sign-in";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const services = ["HOSTING", "FUNCTIONS", "AUTH", "FIRESTORE", "RELAY", "REDIS"] as const;

let dataDir: string;
let environment: Record<string, string>;
let foldersBefore: readonly string[];
let running: ManagedProcess | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "faultline-e2e-"));
  const ports = await Promise.all(
    services.map(async (name) => [`FAULTLINE_PORT_${name}`, String(await freePort())]),
  );
  foldersBefore = await runFolders();
  environment = { ...Object.fromEntries(ports), FAULTLINE_DATA: dataDir };
});

afterEach(async () => {
  await running?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** The folders of the stacks that run from this checkout just now. */
async function runFolders(): Promise<readonly string[]> {
  const entries = await readdir(join(rootDir, ".faultline")).catch(() => []);
  return entries.filter((name) => name.startsWith("run-")).sort();
}

function npmStart(): ManagedProcess {
  const { REDIS_URL: _, ...inherited } = process.env;
  running = startProcess("npm", ["start"], { cwd: rootDir, env: { ...inherited, ...environment } });
  return running;
}

async function startUp(): Promise<ManagedProcess> {
  const stack = npmStart();
  await waitUntil(() => stack.output().includes("Faultline is up."), {
    what: "npm start",
    of: stack,
    timeoutMs: 120_000,
  });
  return stack;
}

/** What Ctrl-C in a terminal does: the signal goes to npm and to what is in its group; all that it started ends. */
async function interrupt(stack: ManagedProcess): Promise<void> {
  const processes = await descendantsOf(stack.child.pid as number);
  expect(processes.length).toBeGreaterThan(1);
  process.kill(-(stack.child.pid as number), "SIGINT");
  await waitUntil(() => stack.child.exitCode !== null || stack.child.signalCode !== null, {
    what: "The end of npm start",
  });
  await waitUntil(() => !processes.some(isAlive), { what: "The end of all that it had started" });
}

/** The processes that one has started, and those that these have started. */
async function descendantsOf(root: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([pid = 0, ppid]) => (ppid === parent ? [pid, ...below(pid)] : []));
  return below(root);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function expectNothingLeft(): Promise<void> {
  const { ports } = readSettings(environment);
  for (const port of Object.values(ports))
    await waitUntil(() => isFree(port), { what: `Port ${port} to be free` });
  expect(await runFolders()).toEqual(foldersBefore);
}

async function api(method: string, path: string, body?: object, email = "admin@riverside.test") {
  const addresses = addressesOf(readSettings(environment));
  const token = await signInAs(email, addresses)();
  const response = await fetch(`${addresses.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe("npm start", () => {
  it("keeps what was written across restarts, and leaves no process, port or folder behind", async () => {
    const first = await startUp();
    for (const line of ["http://127.0.0.1", "admin@riverside.test", "npm run watch"])
      expect(first.output()).toContain(line);
    const issue = { buildingId: "library", title: "Kept", category: "other", severity: "low" };
    const { body: created } = await api("POST", "/issues", issue);
    const { body: stats } = await api("GET", "/stats");
    expect((await api("PUT", "/members/riverside-viewer", { role: "reporter" })).status).toBe(200);
    await interrupt(first);
    await expectNothingLeft();

    const second = await startUp();
    expect((await api("GET", `/issues/${created.id}`)).body).toEqual(created);
    expect((await api("GET", "/stats")).body).toEqual(stats);
    expect((await api("POST", "/issues", issue, "viewer@riverside.test")).status).toBe(201);
    await interrupt(second);
    await expectNothingLeft();
  }, 300_000);

  it("stops, with nothing left, when it is interrupted while it starts", async () => {
    const stack = npmStart();
    await waitUntil(() => stack.output().includes("Firebase emulators"), { what: "the start", of: stack });
    await interrupt(stack);
    await expectNothingLeft();
  });

  it("names the variable of a port that is taken", async () => {
    const taken = createServer().listen(Number(environment.FAULTLINE_PORT_AUTH), "127.0.0.1");
    try {
      const stack = npmStart();
      await waitUntil(() => stack.child.exitCode !== null, { what: "The end of npm start" });
      await stack.closed;
      expect(stack.child.exitCode).not.toBe(0);
      expect(stack.output()).toContain("FAULTLINE_PORT_AUTH");
    } finally {
      taken.close();
    }
  });
});
