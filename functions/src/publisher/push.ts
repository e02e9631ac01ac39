/** Pushes what was appended to every relay. */
import { type LogEntry, type Push, pushName, redisKeys } from "@faultline/contract";
import { Emitter } from "@socket.io/redis-emitter";
import type { Redis } from "ioredis";
import { type AppendRequest, type Placed, pushedField } from "./append.ts";

/**
 * Pushes each entry in order and remembers that it was, in one round trip; rejects unless all of it succeeded. The
 * Emitter drops the promise of its client's `publish`, hence the client that puts it into a pipeline of ours.
 */
export async function push(redis: Redis, request: AppendRequest, places: readonly Placed[]): Promise<void> {
  const { organizationId, document, field, entries } = request;
  const pipeline = redis.pipeline();
  const emitter = new Emitter({
    publish: (channel: string, message: string) => pipeline.publish(channel, message),
  });
  for (const [index, place] of places.entries()) {
    const entry = entries[index];
    if (entry) emitter.serverSideEmit(pushName, pushOf(entry, place));
  }
  pipeline.hset(redisKeys.published(organizationId, document), pushedField(field), 1);
  const results = (await pipeline.exec()) ?? [];
  for (const [error] of results) if (error) throw error;
}

function pushOf({ event, cells }: LogEntry, { position, previous }: Placed): Push {
  return { position, previous, event: { ...event, id: position }, cells };
}
