/** What a test does to the relays behind their back. */
import { type MemberChange, memberChangeName, redisKeys } from "@faultline/contract";
import { Emitter } from "@socket.io/redis-emitter";
import { Redis } from "ioredis";
import { inject } from "vitest";

/** The organization's log is gone, as after a loss of Redis's data. */
export async function loseLog(organizationId: string): Promise<void> {
  await using(async (redis) => {
    await redis.del(redisKeys.log(organizationId), redisKeys.head(organizationId));
  });
}

/** Tells the relays of a change of a member, as the API does. */
export async function changeMember(change: MemberChange): Promise<void> {
  await using(async (redis) => {
    await redis.set(redisKeys.memberChange(change.uid), JSON.stringify(change), "EX", 60);
    const sent: Promise<unknown>[] = [];
    const client = { publish: (...args: [string, string]) => sent.push(redis.publish(...args)) };
    new Emitter(client).serverSideEmit(memberChangeName, change);
    await Promise.all(sent);
  });
}

async function using(act: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = new Redis(inject("redisUrl"));
  try {
    await act(redis);
  } finally {
    await redis.quit();
  }
}
