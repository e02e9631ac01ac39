/** Child processes: started, waited for, and surely ended. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

/** A TCP port of the loopback interface that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** Whether nothing listens on a port of the loopback interface. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  const free = await listening;
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

export interface ManagedProcess {
  readonly child: ChildProcess;
  /** The newest output, for an error message. */
  output(): string;
  /** Resolves when it has ended and all it printed is in the output, which can be a little later. */
  readonly closed: Promise<void>;
  /** Sends `signal` (default SIGTERM), then SIGKILL to what is left after `graceMs`; resolves when it has ended. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<void>;
}

/** Starts a program in a process group of its own, so that a Ctrl-C in the terminal reaches only its parent. */
export function startProcess(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly onLine?: (line: string) => void } = {},
): ManagedProcess {
  const { onLine, ...spawnOptions } = options;
  const child = spawn(command, args, { ...spawnOptions, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const output = collectOutput(child, onLine);
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // Last resort: whatever ends this process must not leave the child behind.
  const killGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group has ended already.
    }
  };
  const onExit = () => killGroup("SIGKILL");
  process.once("exit", onExit);
  exitOnSignals();
  return {
    child,
    output,
    closed,
    async stop(signal = "SIGTERM", graceMs = 8_000) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const grace = new AbortController();
      await Promise.race([ended, delay(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
      grace.abort();
      killGroup("SIGKILL");
      await ended;
      process.off("exit", onExit);
    },
  };
}

/**
 * A process that a signal ends runs no exit handlers, and would leave its children behind. So where nobody else takes
 * the signal, it is an ordinary exit.
 */
function exitOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    if (process.listeners(signal).includes(exitUnlessHandled)) continue;
    // First in line, since a listener that wants to hear of it only once is gone when it has.
    process.prependListener(signal, exitUnlessHandled);
  }
}

function exitUnlessHandled(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
}

/** Keeps the newest of what a process prints, and why it could not be started. */
function collectOutput(child: ChildProcess, onLine: ((line: string) => void) | undefined): () => string {
  let tail = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      tail = (tail + text).slice(-8_192);
    });
    if (stream && onLine)
      createInterface({ input: stream }).on("line", (line) => line.trim() && onLine(line));
  }
  child.once("error", (error) => {
    tail += error.message;
  });
  return () => tail;
}

/** Resolves to `started` once `ready` has resolved; stops it, and rejects, when that fails. */
export async function whenReady(started: ManagedProcess, ready: Promise<unknown>): Promise<ManagedProcess> {
  try {
    await ready;
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

export interface WaitOptions {
  /** What is waited for, in an error's message. */
  readonly what: string;
  /** Default one minute. */
  readonly timeoutMs?: number;
  /** Default 50 ms. */
  readonly everyMs?: number;
  /** Waiting is over when this process has ended. */
  readonly of?: ManagedProcess;
  readonly signal?: AbortSignal | undefined;
}

/** Waits until `check` gives something other than undefined or false; rejects when that can't be any more. */
export async function waitUntil<T>(
  check: () => Promise<T | undefined | false> | T | undefined | false,
  options: WaitOptions,
): Promise<T> {
  const { what, timeoutMs = 60_000, everyMs = 50, of, signal } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const result = await check();
    if (result !== undefined && result !== false) return result;
    if (of && (of.child.exitCode !== null || of.child.signalCode !== null || of.child.pid === undefined)) {
      // What it started itself may keep its output open.
      await Promise.race([of.closed, delay(1_000)]);
      throw new Error(`${what}: the process ended.\n${of.output()}`);
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms.\n${of?.output() ?? ""}`);
    await delay(everyMs);
  }
}
