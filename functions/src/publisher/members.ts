/** Changes of members in Redis: pushed to every relay, and kept for whoever asks later. */
import {
  type MemberChange,
  memberChangeName,
  memberChangeSchema,
  memberChangeSeconds,
  redisKeys,
} from "@faultline/contract";
import { Emitter } from "@socket.io/redis-emitter";
import type { ChainableCommander, Redis } from "ioredis";

/** Keeps what a member is from now on and pushes it, both or neither. */
export async function pushMemberChange(redis: Redis, change: MemberChange): Promise<void> {
  const transaction = redis.multi();
  // Kept first: a relay that starts in between then finds it.
  transaction.set(redisKeys.memberChange(change.uid), JSON.stringify(change), "EX", memberChangeSeconds);
  // The Emitter drops the promise of its client's `publish`, hence a client that makes it part of the transaction.
  const publish = (channel: string, message: string) => transaction.publish(channel, message);
  new Emitter({ publish }).serverSideEmit(memberChangeName, change);
  await run(transaction);
}

/** The newest change of the member, if there was one lately; rejects when what is kept is no change. */
export async function readMemberChange(redis: Redis, uid: string): Promise<MemberChange | undefined> {
  const text = await redis.get(redisKeys.memberChange(uid));
  return text === null ? undefined : memberChangeSchema.parse(JSON.parse(text));
}

/** Executes it; rejects unless each of its commands succeeded. */
async function run(transaction: ChainableCommander): Promise<void> {
  const results = (await transaction.exec()) ?? [];
  for (const [error] of results) if (error) throw error;
}
