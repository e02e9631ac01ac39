/** Appends and pushes as the functions do: a linked entry and the head, then the official emitter. */
import {
  entryField,
  type LogEntry,
  type MemberChange,
  memberChangeName,
  memberChangeSeconds,
  newBeginning,
  previousField,
  pushName,
  redisKeys,
} from "@faultline/contract";
import { Emitter } from "@socket.io/redis-emitter";
import { Redis } from "ioredis";

export interface Publisher {
  readonly redis: Redis;
  /** Appends without telling any relay; gives the position, by default one that Redis chooses. */
  append(entry: LogEntry, position?: string): Promise<string>;
  /** Appends what need not be an entry. */
  appendText(text: string, position?: string): Promise<string>;
  /** The position before what was appended at `position`. */
  previousOf(position: string): string | undefined;
  /** Tells the relays of what was appended at `position`. */
  push(entry: LogEntry, position: string, previous?: string): Promise<void>;
  /** Appends and pushes. */
  publish(entry: LogEntry): Promise<string>;
  /** Sends anything to the relays, by default under the name of a push. */
  pushRaw(push: unknown, name?: string): Promise<void>;
  /** Keeps the change of a member and tells the relays of it. */
  changeMember(change: MemberChange): Promise<void>;
  close(): Promise<void>;
}

const script = `
local previous = redis.call("GET", KEYS[2]) or ARGV[1]
local position = ARGV[3]
if position == "*" then
  local time, lastTime, last = redis.call("TIME"), string.match(previous, "(%d+)-(%d+)")
  local now = math.max(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), tonumber(lastTime))
  local number = tonumber(string.match(ARGV[1], "%d+$")) % 1000000
  if now == tonumber(lastTime) then number = number + tonumber(last) + 1 end
  position = string.format("%d-%d", now, number)
end
redis.call("XADD", KEYS[1], position, "${entryField}", ARGV[2], "${previousField}", previous)
redis.call("SET", KEYS[2], position)
return { position, previous }
`;

export function createPublisher(redisUrl: string, organizationId: string): Publisher {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  const previousOf = new Map<string, string>();

  const appendText = async (text: string, at = "*") => {
    const keys = [redisKeys.log(organizationId), redisKeys.head(organizationId)];
    const [position, previous] = (await redis.eval(script, 2, ...keys, newBeginning(), text, at)) as string[];
    if (position === undefined || previous === undefined) throw new Error("not appended");
    previousOf.set(position, previous);
    return position;
  };
  const append = (entry: LogEntry, at?: string) => appendText(JSON.stringify(entry), at);
  const pushRaw = async (push: unknown, name = pushName) => {
    const sent: Promise<unknown>[] = [];
    const client = { publish: (...args: [string, string]) => sent.push(redis.publish(...args)) };
    new Emitter(client).serverSideEmit(name, push);
    await Promise.all(sent);
  };
  const push = (entry: LogEntry, position: string, previous = previousOf.get(position)) =>
    pushRaw({ position, previous, ...entry });
  return {
    redis,
    append,
    appendText,
    previousOf: (position) => previousOf.get(position),
    push,
    pushRaw,
    async changeMember(change) {
      await redis.set(redisKeys.memberChange(change.uid), JSON.stringify(change), "EX", memberChangeSeconds);
      await pushRaw(change, memberChangeName);
    },
    async publish(entry) {
      const position = await append(entry);
      await push(entry, position);
      return position;
    },
    async close() {
      await redis.quit();
    },
  };
}
