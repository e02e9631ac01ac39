/** Ours: the built relay with its defaults, but for how many and how fast it lets in; published to as the functions do. */
import { join } from "node:path";
import { logRetention, socketPath } from "@faultline/contract";
import { rootDir } from "@faultline/local/emulators";
import { freePort } from "@faultline/local/process";
import { createPublisher, createRedis } from "../../../functions/src/publisher/index.ts";
import { activityWith, organizationId } from "../event.ts";
import type { Ground } from "../ground.ts";
import { pin } from "../process.ts";
import type { Server } from "./server.ts";

export interface RelayOptions {
  /** How many clients it has to take. */
  readonly clients: number;
  /** Default "socket". */
  readonly transport?: "socket" | "stream";
  /** Default the organization's. */
  readonly rooms?: readonly string[];
}

/** Nobody is refused because the machine is busy: that is what is measured. */
const limits = (clients: number) => ({
  FAULTLINE_CONNECTIONS: String(clients + 100),
  FAULTLINE_HANDSHAKES_PER_SECOND: "100000",
  FAULTLINE_OVERLOAD_LAG_MS: "60000",
});

export const collectsOnSignal = [
  "--no-deprecation",
  "--expose-gc",
  "--import",
  join(rootDir, "e2e", "support", "collect.mjs"),
] as const;

export async function startRelay(ground: Ground, options: RelayOptions): Promise<Server> {
  const { clients, transport = "socket", rooms = [`org:${organizationId}`] } = options;
  const { backend, cores } = ground;
  const port = await freePort();
  const relay = await backend.startRelay({
    port,
    environment: limits(clients),
    nodeArguments: collectsOnSignal,
  });
  const pid = relay.child.pid ?? 0;
  await pin(pid, cores?.server);
  const publisher = createPublisher({
    redis: createRedis({ url: backend.redisUrl }),
    history: { between: async () => [] },
    retention: logRetention,
    connectTimeoutMs: 5_000,
  });
  const tokens = await ground.tokens(clients);
  return {
    name: transport === "socket" ? "relay" : "relay SSE",
    pids: [pid],
    speech:
      transport === "socket"
        ? { port, path: `${socketPath}/?EIO=4&transport=websocket`, framing: "socketio", tokens, rooms }
        : { port, path: streamPath(rooms), framing: "stream", tokens },
    publish: (mark) => publisher.publishChange({ organizationId, activity: activityWith(mark), cells: [] }),
    async stop() {
      publisher.close();
      await relay.stop("SIGKILL");
    },
  };
}

function streamPath(rooms: readonly string[]): string {
  return `/api/realtime/events?${rooms.map((room) => `room=${encodeURIComponent(room)}`).join("&")}`;
}
