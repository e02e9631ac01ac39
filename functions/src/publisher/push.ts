/** Pushes to every relay. */
import {
  type LogEntry,
  type MemberChange,
  memberChangeName,
  memberChangeSeconds,
  type Push,
  pushName,
  redisKeys,
} from "@faultline/contract";
import { Emitter } from "@socket.io/redis-emitter";
import type { ChainableCommander, Redis } from "ioredis";
import { type AppendRequest, type Placed, pushedField } from "./append.ts";

/** Pushes each entry in order and remembers that it was, in one round trip; rejects unless all of it succeeded. */
export async function push(redis: Redis, request: AppendRequest, places: readonly Placed[]): Promise<void> {
  const { organizationId, document, field, entries } = request;
  const pipeline = redis.pipeline();
  const emitter = emitterInto(pipeline);
  for (const [index, place] of places.entries()) {
    const entry = entries[index];
    if (entry) emitter.serverSideEmit(pushName, pushOf(entry, place));
  }
  pipeline.hset(redisKeys.published(organizationId, document), pushedField(field), 1);
  await run(pipeline);
}

/** Pushes what a member is from now on, and keeps it for the relays that hear of it too late. */
export async function pushMemberChange(redis: Redis, change: MemberChange): Promise<void> {
  const pipeline = redis.pipeline();
  // Kept first: a relay that starts in between then finds it.
  pipeline.set(redisKeys.memberChange(change.uid), JSON.stringify(change), "EX", memberChangeSeconds);
  emitterInto(pipeline).serverSideEmit(memberChangeName, change);
  await run(pipeline);
}

/** The Emitter drops the promise of its client's `publish`, hence a client that puts it into a pipeline of ours. */
function emitterInto(pipeline: ChainableCommander): Emitter {
  return new Emitter({
    publish: (channel: string, message: string) => pipeline.publish(channel, message),
  });
}

async function run(pipeline: ChainableCommander): Promise<void> {
  const results = (await pipeline.exec()) ?? [];
  for (const [error] of results) if (error) throw error;
}

function pushOf({ event, cells }: LogEntry, { position, previous }: Placed): Push {
  return { position, previous, event: { ...event, id: position }, cells };
}
