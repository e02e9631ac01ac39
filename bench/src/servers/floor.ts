/** What the kernel alone costs: a loop in C that does only send(). */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "@faultline/local/process";
import { eventWith } from "../event.ts";
import type { Ground } from "../ground.ts";
import { compile } from "../load/program.ts";
import { pin } from "../process.ts";
import type { Server } from "./server.ts";

export async function startFloor(ground: Ground): Promise<Server> {
  const program = await compile("floor");
  if (program === undefined) throw new Error("there is no C compiler (cc)");
  const port = await freePort();
  const child = spawn(program, [String(port)]);
  await said(child);
  const pid = child.pid ?? 0;
  await pin(pid, ground.cores?.server);
  return {
    name: "floor",
    pids: [pid],
    speech: { ports: [port], path: "/", framing: "websocket" },
    async publish(mark) {
      child.stdin.write(`${JSON.stringify(eventWith(mark))}\n`);
    },
    async stop() {
      const ended = once(child, "close");
      child.stdin.end();
      await ended;
    },
  };
}

/** Resolves at its first word, which is that it listens. */
async function said(child: ChildProcessWithoutNullStreams): Promise<void> {
  const ended = once(child, "close").then(() => {
    throw new Error("the floor ended before it listened");
  });
  ended.catch(() => {});
  await Promise.race([once(child.stdout, "data"), ended]);
}
