/** Appends, made by `redis-benchmark` as fast as Redis takes them: more than any publisher of ours could. */
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { redisKeys } from "@faultline/contract";
import { startProcess } from "@faultline/local/process";
import { Redis } from "ioredis";
import { markOf } from "./event.ts";
import type { Ground } from "./ground.ts";
import { placeIn } from "./organizations.ts";
import { pin } from "./process.ts";
import { startPublisher } from "./servers/relay.ts";

const organizationId = "bench-flood";
/** `redis-benchmark` puts a random number in place of it, another into each command. */
const randomPart = "__rand_int__";
const numbers = 1_000_000_000;

export interface FloodOptions {
  readonly connections: number;
  /** Commands on the way on each. */
  readonly pipelined: number;
  /** How many in all. */
  readonly appends: number;
}

export interface Flood {
  isOver(): boolean;
  /** Resolves when all was appended, to how many were in a second. */
  readonly perSecond: Promise<number>;
}

/** Resolves when it has begun. */
export async function startFlood(ground: Ground, options: FloodOptions): Promise<Flood> {
  const { connections, pipelined, appends } = options;
  const command = await captureAppend(ground);
  const { port } = new URL(ground.backend.redisUrl);
  const settings = { p: port, c: connections, P: pipelined, n: appends, r: numbers };
  const args = Object.entries(settings).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const flood = startProcess("redis-benchmark", [...args, "-q", ...command]);
  await pin(flood.child.pid ?? 0, ground.cores?.rest);
  let isOver = false;
  const closed = once(flood.child, "close").then(() => {
    isOver = true;
  });
  await Promise.race([closed, hasBegun(ground)]);
  return {
    isOver: () => isOver,
    perSecond: closed.then(() => {
      const [, perSecond] = /([\d.]+) requests per second[^\r]*$/.exec(flood.output()) ?? [];
      if (flood.child.exitCode !== 0 || perSecond === undefined)
        throw new Error(`redis-benchmark: ${flood.output()}`);
      return Number(perSecond);
    }),
  };
}

async function hasBegun({ backend }: Ground): Promise<void> {
  const redis = new Redis(backend.redisUrl);
  const head = redisKeys.head(organizationId);
  try {
    const before = await redis.get(head);
    while ((await redis.get(head)) === before) await delay(1);
  } finally {
    redis.disconnect();
  }
}

/** The very command that the functions' publisher sends, but for another issue each time. */
async function captureAppend(ground: Ground): Promise<readonly string[]> {
  const redis = new Redis(ground.backend.redisUrl);
  const monitor = await redis.monitor();
  const publisher = startPublisher(ground);
  try {
    const captured = new Promise<readonly string[]>((resolve) => {
      monitor.on("monitor", (_time: string, command: readonly string[]) => {
        if (command[0]?.toLowerCase() === "evalsha") resolve(command);
      });
    });
    // A Redis that does not know the script yet is sent the whole of it, and shows the command the second time only.
    for (const number of [1, 2])
      await publisher.publish(markOf(number, process.hrtime.bigint()), placeIn(organizationId));
    const command = await captured;
    return command.map((word) => word.replaceAll(/issue-\d+/g, `issue-${randomPart}`));
  } finally {
    publisher.close();
    monitor.disconnect();
    redis.disconnect();
  }
}
