/** Appends to an organization's log and pushes: one Lua script, so that all of it is one step, and one way to Redis. */
import {
  entryField,
  headSeconds,
  type LogEntry,
  newBeginning,
  previousField,
  pushName,
  redisKeys,
} from "@faultline/contract";
import type { Redis, Result } from "ioredis";
import { envelopeOf } from "./push.ts";

/** The newest versions of a document that are remembered one by one; older ones are just known. */
export const rememberedVersions = 64;

/** In the hash of a document: the highest version that was appended. */
export const latestField = "latest";
/** In the hash of a document, for a version: all of it was appended and pushed. */
export const pushedMark = "pushed";

/*
 * KEYS  log, head, published
 * ARGV  field, version, require the predecessor (1 or 0), entries to keep, seconds to keep, seconds to keep
 *       the head, beginning of a new log, channel, what comes before and after a push, entry...
 * gives {"appended" | "duplicate", 0} or {"gap", latest version}; the error, if a push was refused
 *
 * A version below the latest that is not remembered was appended long ago, or lies before all that this log knows of the
 * document; appending it now would make the document go back. The latest itself is always remembered, unless two fields
 * have the same version: alerts written in the same millisecond.
 *
 * A push may be refused for want of the right to it. What is appended stays so: its places are remembered in place of the
 * mark, as "position previous ...", and it is pushed there when it is asked for again.
 *
 * The head outlives the entries of an organization where nothing happens, so it links what comes next to them. Where it is
 * missing, Redis has lost its data: what may be left of the log hangs together with nothing.
 *
 * A position is the time and a number that begins anywhere: a log that is lost, or that falls back to what a replica had
 * of it, and goes on within the same millisecond must not give a position twice.
 */
const script = `
local log, head, published = KEYS[1], KEYS[2], KEYS[3]
local field, version, contiguous = ARGV[1], tonumber(ARGV[2]), ARGV[3] == "1"
local firstEntry = 11

local function push(places)
  local index = firstEntry
  for position, previous in string.gmatch(places, "(%S+) (%S+)") do
    -- An earlier publisher may have made more entries of the same change.
    if not ARGV[index] then break end
    local link = '{"position":"' .. position .. '","previous":"' .. previous .. '",'
    local message = ARGV[9] .. link .. string.sub(ARGV[index], 2) .. ARGV[10]
    local answer = redis.pcall("PUBLISH", ARGV[8], message)
    if type(answer) == "table" and answer.err then return answer end
    index = index + 1
  end
end

local remembered = redis.call("HMGET", published, field, "${latestField}")
local known = remembered[1]
if known == "${pushedMark}" then return { "duplicate", 0 } end
if known then
  local refused = push(known)
  if refused then return refused end
  redis.call("HSET", published, field, "${pushedMark}")
  return { "duplicate", 0 }
end
local latest = tonumber(remembered[2] or "0")
if version < latest then return { "duplicate", 0 } end
if contiguous and version > latest + 1 then return { "gap", latest } end

local previous = redis.call("GET", head)
if not previous then
  redis.call("DEL", log)
  previous = ARGV[7]
end
local time = redis.call("TIME")
local lastTime, lastNumber = string.match(previous, "^(%d+)-(%d+)$")
local now = math.max(tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000), tonumber(lastTime))
local number = tonumber(string.match(ARGV[7], "%d+$")) % 1000000
if now == tonumber(lastTime) then number = number + tonumber(lastNumber) + 1 end
local positions = {}
for index = firstEntry, #ARGV do
  local position = string.format("%d-%d", now, number)
  redis.call("XADD", log, "MAXLEN", "~", ARGV[4], position,
    "${entryField}", ARGV[index], "${previousField}", previous)
  positions[#positions + 1] = position .. " " .. previous
  previous, number = position, number + 1
end
redis.call("SET", head, previous, "EX", ARGV[6])
local oldest = (tonumber(time[1]) - tonumber(ARGV[5])) * 1000
redis.call("XTRIM", log, "MINID", "~", string.format("%d", oldest))
redis.call("EXPIRE", log, ARGV[5])

local places = table.concat(positions, " ")
local refused = push(places)
redis.call("HSET", published, field, refused and places or "${pushedMark}", "${latestField}", ARGV[2])
if version > ${rememberedVersions} then
  redis.call("HDEL", published, string.format("%d", version - ${rememberedVersions}))
end
redis.call("EXPIRE", published, ARGV[5])
return refused or { "appended", 0 }
`;

export interface Retention {
  /** Entries that an organization's log keeps, at least. */
  readonly entries: number;
  /** Seconds that they are kept, and that an idle organization's keys live. */
  readonly seconds: number;
}

export interface AppendRequest {
  readonly organizationId: string;
  /** "issue:ID" or "alert:ID". */
  readonly document: string;
  /** Under which the append is remembered: the version, or the id of an event without one. */
  readonly field: string;
  /** Of an issue its own, of an alert the time of the write: what is older than what the log has is not appended. */
  readonly version: number;
  /** Append only directly after the version before. */
  readonly isContiguous: boolean;
  readonly entries: readonly LogEntry[];
}

const envelope = envelopeOf(pushName);

declare module "ioredis" {
  interface RedisCommander<Context> {
    faultlineAppend(
      log: string,
      head: string,
      published: string,
      ...args: readonly (string | number)[]
    ): Result<[string, number], Context>;
  }
}

/** Makes the script known to a connection: it is sent once, then called by its hash. */
export function defineAppend(redis: Redis): void {
  redis.defineCommand("faultlineAppend", { numberOfKeys: 3, lua: script });
}

/**
 * Appends and pushes, once, however often it is called for the same field; rejects unless all of it was done. Gives
 * nothing, or the latest version in the log when those after it have to come first.
 */
export async function append(
  redis: Redis,
  retention: Retention,
  request: AppendRequest,
): Promise<number | undefined> {
  const { organizationId, document, field, version, isContiguous, entries } = request;
  const [kind, latest] = await redis.faultlineAppend(
    redisKeys.log(organizationId),
    redisKeys.head(organizationId),
    redisKeys.published(organizationId, document),
    field,
    version,
    isContiguous ? 1 : 0,
    retention.entries,
    retention.seconds,
    Math.max(headSeconds, retention.seconds),
    newBeginning(),
    envelope.channel,
    envelope.before,
    envelope.after,
    ...entries.map((entry) => JSON.stringify(entry)),
  );
  return kind === "gap" ? latest : undefined;
}
