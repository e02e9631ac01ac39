/** The relay, put together: ingest -> dispatch -> subscribers. It connects to Redis, and listens on nothing. */
import { createServer, type Server as HttpServer } from "node:http";
import { memberChangeName, pushName, socketPath } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import { createAdapter } from "@socket.io/redis-adapter";
import type { Firestore } from "firebase-admin/firestore";
import type { Logger } from "pino";
import { Server } from "socket.io";
import { createMemberChanges, verifyCurrent } from "./access/changes.ts";
import { createDirectory, type DirectoryLimits } from "./access/directory.ts";
import type { Origins } from "./access/origins.ts";
import { readPlaces } from "./access/places.ts";
import { createAuthorize } from "./access/rooms.ts";
import { createTickets } from "./access/tickets.ts";
import { type AdmissionLimits, createAdmission } from "./admission/admission.ts";
import { type Clock, systemClock } from "./base/clock.ts";
import { within } from "./base/deadline.ts";
import { createPending, type Pending } from "./base/pending.ts";
import { version } from "./base/version.ts";
import { type ConnectionTiming, connectionTiming } from "./connections/connection.ts";
import { type ConnectionLimits, createConnections, type DrainTiming } from "./connections/connections.ts";
import { watchFreshness } from "./connections/freshness.ts";
import { createDispatch } from "./dispatch/dispatch.ts";
import { graceMs } from "./dispatch/subscriber.ts";
import { createHealthRoutes } from "./http/health.ts";
import { createHttp } from "./http/http.ts";
import { createMetricsRoutes } from "./http/metrics.ts";
import { securityHeaders } from "./http/security.ts";
import { createStatusRoutes } from "./http/status.ts";
import { createIngest, type IngestTiming } from "./ingest/ingest.ts";
import { createLog } from "./ingest/log.ts";
import { connectRedis, type RedisLink } from "./ingest/redis.ts";
import { createSink } from "./ingest/sink.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { createMetrics } from "./metrics/prometheus.ts";
import { createReplay, type ReplayLimits } from "./replay/replay.ts";
import type { SessionServices } from "./session.ts";
import { createStreamRoutes } from "./sse/sse.ts";
import { type StreamTiming, streamTiming } from "./sse/stream.ts";
import { readCells } from "./state/heat.ts";
import { createState, type StateTiming } from "./state/state.ts";
import { type AllowRequest, createAllowRequest } from "./ws/handshake.ts";
import type { InboundLimits } from "./ws/inbound.ts";
import { largestMessage } from "./ws/lean/packets.ts";
import type { SocketServer } from "./ws/stock/stock.ts";
import { type Front, serveSockets } from "./ws/ws.ts";

export interface RelayOptions {
  readonly redisUrl: string;
  readonly firestore: Firestore;
  readonly verify: Verifier;
  readonly origins: Origins;
  readonly logger: Logger;
  /** Whether Socket.IO's long polling is served beside WebSocket. Default false. */
  readonly polling?: boolean;
  /** Who speaks with Socket.IO clients. Default "lean". */
  readonly front?: Front;
  /** Default the system's. */
  readonly clock?: Clock;
  /** What differs from the defaults of each part. */
  readonly limits?: RelayLimits;
  /** How long a stream ticket is good for. Default 30 seconds. */
  readonly ticketSeconds?: number;
  /** What Prometheus must send as a bearer token to read the metrics. Default nothing: anybody may. */
  readonly metricsToken?: string | undefined;
}

export interface RelayLimits {
  readonly ingest?: Partial<IngestTiming>;
  readonly replay?: Partial<ReplayLimits>;
  readonly admission?: Partial<AdmissionLimits>;
  readonly connections?: Partial<ConnectionLimits>;
  readonly life?: Partial<ConnectionTiming & DrainTiming>;
  readonly state?: Partial<StateTiming>;
  readonly stream?: Partial<StreamTiming>;
  readonly directory?: Partial<DirectoryLimits>;
  /** How many bytes may wait for a client. */
  readonly bufferBytes?: number;
  readonly inbound?: Partial<InboundLimits>;
  /** How long a connection may stay without having shown a token. Default ten seconds. */
  readonly connectTimeoutMs?: number;
}

export interface Relay {
  /** For whoever listens. */
  readonly server: HttpServer;
  /** Takes no new clients, ends every connection and lets go of Redis. */
  close(): Promise<void>;
}

/** How long a connection may stay without having shown a token. */
const connectTimeoutMs = 10_000;

/** How long clients may take to agree that a connection ends: a little longer than they are given by their transports. */
const goodbyeMs = graceMs + 500;

/** How long Firestore may take to answer what it was asked before the end. */
const lastReadsMs = 1_000;

export function buildRelay(options: RelayOptions): Relay {
  const { redisUrl, origins, logger, clock = systemClock } = options;
  const { metrics, exposition } = createMetrics(version);
  const link = connectRedis(redisUrl, logger, metrics);
  const reads = createPending();
  const services = createServices(options, { link, clock, reads, metrics });
  let isDraining = false;
  const changes = createMemberChanges({ redis: link.commands, clock, logger, metrics });
  const verify = verifyCurrent(options.verify, changes);
  const { dispatch } = services;
  const { connections: limits, life: timing, bufferBytes, inbound } = options.limits ?? {};
  const admission = createAdmission({ clock, logger, metrics, limits: options.limits?.admission });
  const connections = createConnections({ changes, dispatch, clock, limits, timing });
  watchFreshness({ link, ingest: services.ingest, connections, clock });
  const tickets = createTickets(link.commands, clock, options.ticketSeconds);
  const health = { isRedisUp: link.isUp, isDraining: () => isDraining };
  const routes = {
    health: createHealthRoutes(health),
    scrape: createMetricsRoutes(exposition, options.metricsToken),
    status: createStatusRoutes({ verify, health, version, services }),
    streams: createStreamRoutes({
      verify,
      tickets,
      changes,
      admission,
      connections,
      services,
      clock,
      logger,
      timing: { ...streamTiming, ...options.limits?.stream },
      bufferBytes,
    }),
  };
  const server = createServer(createHttp({ ...routes, origins, logger, metrics }));
  const allowRequest = createAllowRequest({ origins, admission, logger, metrics });
  const io = createSocketServer(server, link, { ...options, allowRequest });
  const sockets = serveSockets(server, io, {
    front: options.front ?? "lean",
    allowRequest,
    verify,
    services,
    connections,
    logger,
    bufferBytes,
    inbound,
    pingMs: timing?.pingMs,
    connectTimeoutMs: options.limits?.connectTimeoutMs ?? connectTimeoutMs,
  });
  io.of("/").on(pushName, (push) => services.ingest.receive(push));
  io.of("/").on(memberChangeName, changes.receive);
  link.onUp(() => {
    services.ingest.doubt();
    void connections.doubt();
  });
  return {
    server,
    async close() {
      isDraining = true;
      admission.close();
      metrics.draining(true);
      await connections.drain();
      // A client that does not agree to the end of its connection is not waited for.
      const ended = sockets.close().then(() => io.close());
      await within(goodbyeMs, ended).catch(() => server.closeAllConnections());
      services.ingest.close();
      services.replay.close();
      services.state.close();
      await within(lastReadsMs, reads.settled()).catch(() => logger.warn("Firestore still owes an answer"));
      await link.close();
    },
  };
}

interface SocketServerOptions extends Pick<RelayOptions, "origins" | "polling" | "limits"> {
  readonly allowRequest: AllowRequest;
}

function createSocketServer(server: HttpServer, link: RedisLink, options: SocketServerOptions): SocketServer {
  const { origins, polling = false, allowRequest, limits } = options;
  const { pingMs } = { ...connectionTiming, ...limits?.life };
  const io: SocketServer = new Server(server, {
    path: socketPath,
    transports: polling ? ["polling", "websocket"] : ["websocket"],
    cors: { origin: origins === "any" ? true : [...origins] },
    allowRequest,
    maxHttpBufferSize: largestMessage,
    connectTimeout: limits?.connectTimeoutMs ?? connectTimeoutMs,
    pingInterval: pingMs,
    pingTimeout: pingMs,
    serveClient: false,
    adapter: createAdapter(link.publisher, link.subscriber),
  });
  io.engine.use(securityHeaders);
  return io;
}

interface Foundations {
  readonly link: RedisLink;
  readonly clock: Clock;
  readonly reads: Pending;
  readonly metrics: Metrics;
}

/** What both transports share. */
function createServices(options: RelayOptions, foundations: Foundations): SessionServices {
  const { firestore, logger, limits = {} } = options;
  const { link, clock, reads, metrics } = foundations;
  const dispatch = createDispatch(logger, metrics);
  const load = (organizationId: string) => reads.track(readCells(firestore, logger, organizationId));
  const find = (organizationId: string) => reads.track(readPlaces(firestore, organizationId));
  const state = createState({ load, dispatch, clock, logger, metrics, timing: limits.state });
  const log = createLog(link.commands, metrics);
  const replay = createReplay({ log, clock, limits: limits.replay });
  const ingest = createIngest({
    log,
    sink: createSink({ dispatch, replay, state, clock, metrics, logger }),
    clock,
    logger,
    metrics,
    isLinked: link.isUp,
    timing: limits.ingest,
  });
  const authorize = createAuthorize(createDirectory(find, clock, limits.directory));
  return { authorize, ingest, replay, dispatch, state, metrics };
}
