/** An organization's log in Redis, and what is pushed of it. */
import {
  entryField,
  type LogEntry,
  type Push,
  previousField,
  pushName,
  redisKeys,
} from "@faultline/contract";
import { Redis } from "ioredis";
import { inject } from "vitest";
import { cleanUp } from "./cleanup.ts";

/** A connection of the file's own, apart from the one under test. */
export function connect(url: string = inject("redisUrl")): Redis {
  const redis = new Redis(url);
  cleanUp(() => redis.disconnect());
  return redis;
}

export interface Logged extends LogEntry {
  readonly position: string;
  readonly previous: string | undefined;
}

export async function logOf(redis: Redis, organizationId: string): Promise<readonly Logged[]> {
  const entries = await redis.xrange(redisKeys.log(organizationId), "-", "+");
  return entries.map(([position, fields]) => {
    const find = (name: string) => fields[fields.indexOf(name) + 1];
    const entry = JSON.parse(find(entryField) ?? "") as LogEntry;
    return { position, previous: find(previousField), ...entry };
  });
}

/** What the log holds of its issues, such as "issue:created 1". */
export async function storyOf(redis: Redis, organizationId: string): Promise<readonly string[]> {
  return (await logOf(redis, organizationId)).map(({ event }) => `${event.type} ${event.version}`);
}

/** Collects what is pushed for an organization, as every relay hears it. */
export function listenTo(organizationId: string): Promise<{ readonly pushes: readonly Push[] }> {
  return listen<Push>(pushName, ({ event }) => event.organizationId === organizationId);
}

/** Collects what is sent to all relays under a name. */
export async function listen<T>(
  name: string,
  isMeant: (sent: T) => boolean,
): Promise<{ readonly pushes: readonly T[] }> {
  const redis = connect();
  const pushes: T[] = [];
  redis.on("message", (_channel, message) => {
    const { data } = JSON.parse(message) as { data: [string, T] };
    if (data[0] === name && isMeant(data[1])) pushes.push(data[1]);
  });
  await redis.subscribe("socket.io-request#/#");
  return { pushes };
}
