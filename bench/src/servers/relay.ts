/** Ours: the built relay with its defaults, but for how many and how fast it lets in; published to as the functions do. */
import { logRetention, socketPath } from "@faultline/contract";
import { freePort } from "@faultline/local/process";
import { createPublisher, createRedis } from "../../../functions/src/publisher/index.ts";
import { activityWith, alertWith, library, type Place } from "../event.ts";
import type { Ground } from "../ground.ts";
import type { Speech } from "../load/crowd.ts";
import { pin } from "../process.ts";
import { writeUsers } from "../users.ts";
import { collectGarbage, nodeArguments } from "./node.ts";
import type { Server } from "./server.ts";

export interface RelayOptions {
  /** How many clients it has to take. */
  readonly clients: number;
  /** Default "socket". */
  readonly transport?: "socket" | "stream";
  /** Default the organization's. */
  readonly rooms?: readonly string[];
  /** Of its users, as the load generator reads it. Default: enough of one organization. */
  readonly users?: string;
  /** Default any free one. */
  readonly port?: number;
  /** The servers' core by default. */
  readonly core?: number;
}

export interface RelayServer extends Server {
  /** The same relay for clients with rooms of their own, who hear of what happens in another place; not to be stopped. */
  beside(rooms: readonly string[], place: Place): Server;
}

/** Nobody is refused because the machine is busy: that is what is measured. */
const environmentFor = (clients: number) => ({
  FAULTLINE_CONNECTIONS: String(clients + 100),
  FAULTLINE_HANDSHAKES_PER_SECOND: "100000",
  FAULTLINE_OVERLOAD_LAG_MS: "60000",
});

export async function startRelay(ground: Ground, options: RelayOptions): Promise<RelayServer> {
  const { clients, transport = "socket", rooms = [`org:${library.organizationId}`] } = options;
  const { backend, cores } = ground;
  const port = options.port ?? (await freePort());
  const users = options.users ?? (await writeUsers(ground.folder, clients));
  const relay = await backend.startRelay({ port, environment: environmentFor(clients), nodeArguments });
  const pid = relay.child.pid ?? 0;
  await pin(pid, options.core ?? cores?.server);
  const publisher = startPublisher(ground);
  const speechWith = (asked: readonly string[]): Speech =>
    transport === "socket"
      ? {
          ports: [port],
          users,
          rooms: asked,
          path: `${socketPath}/?EIO=4&transport=websocket`,
          framing: "socketio",
        }
      : { ports: [port], users, path: streamPath(asked), framing: "stream" };
  const server: Server = {
    name: transport === "socket" ? "relay" : "relay SSE",
    pids: [pid],
    speech: speechWith(rooms),
    publish: (mark) => publisher.publish(mark, library),
    collectGarbage: () => collectGarbage(relay),
    async stop() {
      publisher.close();
      await relay.stop("SIGKILL");
    },
  };
  return {
    ...server,
    beside: (otherRooms, place) => ({
      ...server,
      speech: speechWith(otherRooms),
      publish: (mark) => publisher.publish(mark, place),
      stop: async () => {},
    }),
  };
}

export interface EventPublisher {
  publish(mark: string, place: Place): Promise<void>;
  /** An alert for the whole campus, to these buildings. */
  alert(mark: string, place: Place, buildingIds: readonly string[]): Promise<void>;
  close(): void;
}

/** The functions' own publisher: one script appends to the log and pushes. */
export function startPublisher({ backend }: Pick<Ground, "backend">): EventPublisher {
  const { publishChange, publishAlert, close } = createPublisher({
    redis: createRedis({ url: backend.redisUrl, timeoutMs: 20_000 }),
    history: { between: async () => [] },
    retention: logRetention,
    connectTimeoutMs: 20_000,
  });
  return {
    publish: (mark, place) =>
      publishChange({
        organizationId: place.organizationId,
        activity: activityWith(mark, place),
        cells: [],
      }),
    alert: (mark, place, buildingIds) => publishAlert({ ...alertWith(mark, place), buildingIds }),
    close,
  };
}

function streamPath(rooms: readonly string[]): string {
  return `/api/realtime/events?${rooms.map((room) => `room=${encodeURIComponent(room)}`).join("&")}`;
}
