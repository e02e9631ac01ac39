/** The connections to Redis: one for commands, two for Socket.IO's adapter. */
import { Redis, type RedisOptions } from "ioredis";
import type { Logger } from "pino";
import { systemClock } from "../base/clock.ts";
import { type Metrics, noMetrics, redisClients } from "../metrics/metrics.ts";

export interface RedisLink {
  /** Fails at once while Redis is out, and never hangs. */
  readonly commands: Redis;
  /** The adapter's, which ignores what becomes of its commands: failures are logged here. */
  readonly publisher: Redis;
  readonly subscriber: Redis;
  /** Whether commands are answered and every push arrives. */
  isUp(): boolean;
  /** Calls `listener` whenever `isUp` gives something else than before. */
  onChange(listener: (isUp: boolean) => void): void;
  /** Calls `listener` whenever pushes arrive again, with the subscription surely in place. */
  onUp(listener: () => void): void;
  /** Says goodbye to Redis, or just hangs up when it is out. */
  close(): Promise<void>;
}

type Settings = Omit<RedisOptions, "replyMapping">;

const settings: Settings = {
  connectTimeout: 2_000,
  // Without an answer for this long the connection counts as dead, even if nothing ever closed it.
  socketTimeout: 5_000,
  maxRetriesPerRequest: 0,
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), 1_000) * (0.75 + Math.random() / 2),
};

/** How often the subscriber asks for a sign of life; only an unanswered command shows a dead connection. */
const pingMs = 5_000;

/** Connects, and connects again whenever a connection is lost, for ever. `metrics` counts nothing by default. */
export function connectRedis(url: string, logger: Logger, metrics: Metrics = noMetrics): RedisLink {
  const commands = new Redis(url, {
    ...settings,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // After a failover the connection may lead to what is a replica now: the name it was reached by leads elsewhere.
    reconnectOnError: ({ message }) => message.startsWith("READONLY"),
  });
  const publisher = new QuietRedis(url, { ...settings, enableOfflineQueue: false }, logger);
  // The adapter subscribes once: that must wait for the connection, however long it takes.
  const subscriber = new QuietRedis(url, { ...settings, maxRetriesPerRequest: null }, logger);
  const clients = { commands, publisher, subscriber };
  for (const client of redisClients) {
    report(clients[client], logger.child({ client }));
    measure(clients[client], (isUp) => metrics.redisState(client, isUp));
  }

  const listeners: (() => void)[] = [];
  let isSubscribed = false;
  const isUp = () => isSubscribed && commands.status === "ready";
  const changes = watchChanges(isUp);
  subscriber.on("close", () => {
    isSubscribed = false;
    changes.look();
  });
  commands.on("close", changes.look);
  commands.on("ready", changes.look);
  subscriber.on("ready", async () => {
    // Subscriptions are sent before "ready" is told, and answers come in order.
    const answer = await subscriber.ping().catch(() => undefined);
    if (answer === undefined) return;
    isSubscribed = true;
    for (const listener of listeners) listener();
    changes.look();
  });
  const cancelPing = systemClock.every(pingMs, () => void subscriber.ping().catch(() => {}));
  return {
    ...clients,
    isUp,
    onChange: changes.tell,
    onUp: (listener) => listeners.push(listener),
    async close() {
      cancelPing();
      await Promise.all(Object.values(clients).map(hangUp));
    },
  };
}

interface Changes {
  /** The answer may be another by now. */
  readonly look: () => void;
  readonly tell: (listener: (isTrue: boolean) => void) => void;
}

/** Tells whenever the answer to a question changes; before the first look it is no. */
function watchChanges(ask: () => boolean): Changes {
  const listeners: ((isTrue: boolean) => void)[] = [];
  let wasTrue = false;
  return {
    look() {
      const isTrue = ask();
      if (isTrue === wasTrue) return;
      wasTrue = isTrue;
      for (const listener of listeners) listener(isTrue);
    },
    tell: (listener) => listeners.push(listener),
  };
}

/** A client whose caller drops the promises: a failed command must not become an unhandled rejection. */
class QuietRedis extends Redis {
  readonly #logger: Logger;

  constructor(url: string, options: Settings, logger: Logger) {
    super(url, options);
    this.#logger = logger;
  }

  override sendCommand(...args: Parameters<Redis["sendCommand"]>): unknown {
    const answer = super.sendCommand(...args);
    if (answer instanceof Promise) {
      answer.catch((error: unknown) => this.#logger.debug({ error }, "a command of the adapter failed"));
    }
    return answer;
  }
}

/** Tells once when a connection is lost and once when it is back, not for every attempt in between. */
function report(redis: Redis, logger: Logger): void {
  let isKnownDown = false;
  redis.on("error", (error) => {
    if (!isKnownDown) logger.warn({ error }, "Redis is out of reach");
    isKnownDown = true;
  });
  redis.on("ready", () => {
    if (isKnownDown) logger.info("Redis is back");
    isKnownDown = false;
  });
}

function measure(redis: Redis, tell: (isUp: boolean) => void): void {
  tell(false);
  redis.on("ready", () => tell(true));
  redis.on("close", () => tell(false));
}

async function hangUp(redis: Redis): Promise<void> {
  if (redis.status === "ready") await redis.quit().catch(() => {});
  redis.disconnect();
}
