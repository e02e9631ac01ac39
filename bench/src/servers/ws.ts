/** The ws library with nothing around it. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort } from "@faultline/local/process";
import { Redis } from "ioredis";
import { eventWith } from "../event.ts";
import type { Ground } from "../ground.ts";
import { collectGarbage, nodeArguments } from "./node.ts";
import { startPeer } from "./peer.ts";
import type { Server } from "./server.ts";

const channel = "bench:ws";

export async function startWs(ground: Ground): Promise<Server> {
  const { redisUrl } = ground.backend;
  const port = await freePort();
  const program = join(rootDir, "bench", "lib", "ws.js");
  const peer = await startPeer(ground, "ws", process.execPath, [
    ...nodeArguments,
    program,
    String(port),
    redisUrl,
    channel,
  ]);
  const redis = new Redis(redisUrl);
  return {
    name: "ws",
    pids: [peer.pid],
    speech: { ports: [port], path: "/", framing: "websocket" },
    async publish(mark) {
      await redis.publish(channel, JSON.stringify(eventWith(mark)));
    },
    collectGarbage: () => collectGarbage(peer.process),
    async stop() {
      redis.disconnect();
      await peer.process.stop("SIGKILL");
    },
  };
}
