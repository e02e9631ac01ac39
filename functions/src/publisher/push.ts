/** Pushes to every relay. */
import { type LogEntry, type Push, pushName, redisKeys } from "@faultline/contract";
import { Emitter } from "@socket.io/redis-emitter";
import type { ChainableCommander, Redis } from "ioredis";
import { type AppendRequest, type Placed, pushedField } from "./append.ts";

/** Pushes each entry in order and remembers that it was, in one round trip; rejects unless all of it was done. */
export async function push(redis: Redis, request: AppendRequest, places: readonly Placed[]): Promise<void> {
  const { organizationId, document, field, entries } = request;
  const transaction = redis.multi();
  const emitter = emitterInto(transaction);
  for (const [index, place] of places.entries()) {
    const entry = entries[index];
    if (entry) emitter.serverSideEmit(pushName, pushOf(entry, place));
  }
  transaction.hset(redisKeys.published(organizationId, document), pushedField(field), 1);
  await run(transaction);
}

/** The Emitter drops the promise of its client's `publish`, hence a client that makes it part of a transaction. */
export function emitterInto(transaction: ChainableCommander): Emitter {
  return new Emitter({
    publish: (channel: string, message: string) => transaction.publish(channel, message),
  });
}

/** Executes it; rejects unless each of its commands succeeded. */
export async function run(transaction: ChainableCommander): Promise<void> {
  const results = (await transaction.exec()) ?? [];
  for (const [error] of results) if (error) throw error;
}

function pushOf(entry: LogEntry, { position, previous }: Placed): Push {
  return { ...entry, position, previous, event: { ...entry.event, id: position } };
}
