/** The peer that counts: stock Socket.IO with redis-adapter and redis-emitter. */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { freePort } from "@faultline/local/process";
import { Emitter } from "@socket.io/redis-emitter";
import { Redis } from "ioredis";
import { eventWith } from "../event.ts";
import type { Ground } from "../ground.ts";
import { collectGarbage, nodeArguments } from "./node.ts";
import { startPeer } from "./peer.ts";
import type { Server } from "./server.ts";

const room = "bench";
/** Of its channels: a relay on the same Redis need not hear of what is none of its. */
const key = "bench";

export async function startSocketIo(ground: Ground): Promise<Server> {
  const { redisUrl } = ground.backend;
  const port = await freePort();
  const program = join(rootDir, "bench", "lib", "socketio.js");
  const args = [...nodeArguments, program, String(port), redisUrl, room, key];
  const peer = await startPeer(ground, "Socket.IO", process.execPath, args);
  const redis = new Redis(redisUrl);
  return {
    name: "Socket.IO",
    pids: [peer.pid],
    speech: { ports: [port], path: "/socket.io/?EIO=4&transport=websocket", framing: "socketio" },
    async publish(mark) {
      const event = eventWith(mark);
      const sent: Promise<unknown>[] = [];
      const client = { publish: (...message: [string, string]) => sent.push(redis.publish(...message)) };
      new Emitter(client, { key }).to(room).emit(event.type, event);
      await Promise.all(sent);
    },
    collectGarbage: () => collectGarbage(peer.process),
    async stop() {
      redis.disconnect();
      await peer.process.stop("SIGKILL");
    },
  };
}
