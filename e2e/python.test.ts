/** Another language's Socket.IO client: Python's, in the program that the documentation shows. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort, type ManagedProcess, startProcess, waitUntil } from "@faultline/local/process";
import { findPython } from "@faultline/local/testing/wanted";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Client, openClient } from "../relay/test/client.ts";
import { type Backend, organizationId, startBackend, tokenOf } from "./support/backend.ts";

const python = findPython();
const program = join(rootDir, "e2e", "python", "watch.py");
const rooms = ["building:library", `org:${organizationId}`];

let backend: Backend;
let relay: ManagedProcess;
let url: string;

beforeAll(async () => {
  if (python === undefined) return;
  backend = await startBackend();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  relay = await backend.startRelay({ port, environment: { FAULTLINE_POLLING: "true" } });
});
afterAll(async () => {
  await relay?.stop();
  await backend?.stop();
});

interface Watch {
  readonly process: ManagedProcess;
  /** All that was printed: the name and the data of each message. */
  readonly lines: readonly string[];
}

interface WatchOptions {
  readonly token?: string;
  readonly rooms?: readonly string[];
  readonly since?: string | undefined;
  readonly transports?: string;
}

function startWatch(options: WatchOptions = {}): Watch {
  const { token = tokenOf("python"), since, transports = "websocket" } = options;
  const lines: string[] = [];
  const process = startProcess(python ?? "", [program, url, ...(options.rooms ?? rooms)], {
    onLine: (line) => lines.push(line),
    env: {
      FAULTLINE_TOKEN: token,
      FAULTLINE_TRANSPORTS: transports,
      PYTHONUNBUFFERED: "1",
      ...(since !== undefined && { FAULTLINE_SINCE: since }),
    },
  });
  onTestFinished(() => process.stop("SIGKILL"));
  return { process, lines };
}

/** The answer to its subscription. */
async function subscribed({ process, lines }: Watch) {
  const find = () => lines.find((line) => line.startsWith('["subscribed"'));
  const line = await waitUntil(find, { what: "the subscription", of: process, timeoutMs: 30_000 });
  return JSON.parse(line)[1] as {
    readonly replayed: number;
    readonly recovered: boolean;
    readonly transport: string;
  };
}

/** The events that have a position, as text. */
const logged = (lines: readonly string[]) => lines.filter((line) => JSON.parse(line)[1]?.id !== undefined);
const loggedBy = ({ inbox }: Client) =>
  logged(inbox.received.map(({ name, data }) => JSON.stringify([name, data])));

async function openNode(): Promise<Client> {
  const client = await openClient("socket", url, tokenOf("node"), rooms);
  onTestFinished(() => client.close());
  return client;
}

/** What a watch that is refused prints on the standard error, once it has ended. */
async function refusalOf({ process, lines }: Watch) {
  await waitUntil(() => process.child.exitCode !== null, { what: "the end", timeoutMs: 30_000 });
  await process.closed;
  expect(process.child.exitCode).toBe(1);
  return JSON.parse(lines.at(-1) ?? "null");
}

const why =
  python === undefined
    ? " (skipped: python3-socketio, python3-websocket and python3-requests are not installed)"
    : "";

describe.skipIf(python === undefined)(`a client in Python${why}`, () => {
  it.each([
    ["websocket", "websocket"],
    ["polling,websocket", "websocket"],
  ])(
    "by %s gets, byte for byte, the events and positions that Node's client gets",
    async (transports, used) => {
      const node = await openNode();
      const watch = startWatch({ transports });
      expect(await subscribed(watch)).toMatchObject({ ok: true, rooms, transport: used });
      for (let count = 0; count < 5; count += 1) await backend.publish();
      await waitUntil(() => logged(watch.lines).length >= 5, { what: "five events", of: watch.process });
      await waitUntil(() => loggedBy(node).length >= 5, { what: "Node's five events" });
      expect(logged(watch.lines)).toEqual(loggedBy(node));
    },
  );

  it("that was killed goes on from its position, and misses nothing", async () => {
    const node = await openNode();
    const first = startWatch();
    await subscribed(first);
    await backend.publish();
    await waitUntil(() => logged(first.lines).length === 1, { what: "the first", of: first.process });
    await first.process.stop("SIGKILL");
    for (let count = 0; count < 3; count += 1) await backend.publish();
    const [line = "[]"] = logged(first.lines);
    const second = startWatch({ since: JSON.parse(line)[1].id });
    expect(await subscribed(second)).toMatchObject({ recovered: true, replayed: 3 });
    await backend.publish();
    await waitUntil(() => logged(second.lines).length === 4, { what: "the rest", of: second.process });
    await waitUntil(() => loggedBy(node).length === 5, { what: "Node's five events" });
    expect([line, ...logged(second.lines)]).toEqual(loggedBy(node));
  });

  it("is told why it is refused", async () => {
    expect(await refusalOf(startWatch({ token: "nonsense" }))).toMatchObject({
      code: "unauthenticated",
      reason: "token-invalid",
      status: 401,
      retry: false,
    });
    expect(await refusalOf(startWatch({ rooms: ["building:library", "building:moon"] }))).toMatchObject({
      code: "not-found",
      reason: "building-unknown",
      field: "rooms.1",
    });
  });
});
