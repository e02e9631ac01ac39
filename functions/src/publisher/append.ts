/** Appends to an organization's log: one Lua script, so that checking, appending and remembering are one step. */
import {
  entryField,
  headSeconds,
  type LogEntry,
  newBeginning,
  previousField,
  redisKeys,
} from "@faultline/contract";
import type { Redis, Result } from "ioredis";

/** The newest versions of a document whose positions are remembered, to push them again; older ones are just known. */
export const rememberedVersions = 64;

/** In the hash of a document: the highest version that was appended. */
export const latestField = "latest";
/** In the hash of a document: whether the push of what stands in `field` succeeded. */
export const pushedField = (field: string): string => `${field}:pushed`;

/*
 * KEYS  log, head, published
 * ARGV  field, version, require the predecessor (1 or 0), entries to keep, seconds to keep, seconds to keep
 *       the head, beginning of a new log, entry...
 * gives {"appended" | "duplicate" | "gap", pushed (1 or 0) or latest version, "position previous ..."}
 *
 * A version below the latest that is not remembered was appended long ago, or lies before all that this log knows of the
 * document; appending it now would make the document go back. The latest itself is always remembered, unless two fields
 * have the same version: alerts written in the same millisecond.
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

local known = redis.call("HGET", published, field)
if known then
  return { "duplicate", redis.call("HEXISTS", published, field .. ":pushed"), known }
end
if version > 0 then
  local latest = tonumber(redis.call("HGET", published, "${latestField}") or "0")
  if version < latest then return { "duplicate", 1, "" } end
  if contiguous and version > latest + 1 then return { "gap", latest, "" } end
end

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
for index = 8, #ARGV do
  local position = string.format("%d-%d", now, number)
  redis.call("XADD", log, "MAXLEN", "~", ARGV[4], position,
    "${entryField}", ARGV[index], "${previousField}", previous)
  positions[#positions + 1] = position .. " " .. previous
  previous, number = position, number + 1
end
redis.call("SET", head, previous, "EX", ARGV[6])

local appended = table.concat(positions, " ")
redis.call("HSET", published, field, appended)
if version > 0 then
  local old = string.format("%d", version - ${rememberedVersions})
  redis.call("HSET", published, "${latestField}", ARGV[2])
  redis.call("HDEL", published, old, old .. ":pushed")
end
local oldest = (tonumber(time[1]) - tonumber(ARGV[5])) * 1000
redis.call("XTRIM", log, "MINID", "~", string.format("%d", oldest))
redis.call("EXPIRE", log, ARGV[5])
redis.call("EXPIRE", published, ARGV[5])
return { "appended", 0, appended }
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

/** Where an entry stands, and the entry before it. */
export interface Placed {
  readonly position: string;
  readonly previous: string;
}

export type Appended =
  | { readonly kind: "placed"; readonly isPushed: boolean; readonly places: readonly Placed[] }
  | { readonly kind: "gap"; readonly latest: number };

declare module "ioredis" {
  interface RedisCommander<Context> {
    faultlineAppend(
      log: string,
      head: string,
      published: string,
      ...args: readonly (string | number)[]
    ): Result<[string, number, string], Context>;
  }
}

/** Makes the script known to a connection: it is sent once, then called by its hash. */
export function defineAppend(redis: Redis): void {
  redis.defineCommand("faultlineAppend", { numberOfKeys: 3, lua: script });
}

/** Appends once, however often it is called for the same field. */
export async function append(redis: Redis, retention: Retention, request: AppendRequest): Promise<Appended> {
  const { organizationId, document, field, version, isContiguous, entries } = request;
  const [kind, number, positions] = await redis.faultlineAppend(
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
    ...entries.map((entry) => JSON.stringify(entry)),
  );
  if (kind === "gap") return { kind, latest: number };
  return { kind: "placed", isPushed: kind === "duplicate" && number === 1, places: parsePlaces(positions) };
}

function parsePlaces(text: string): readonly Placed[] {
  const words = text.split(" ").filter((word) => word !== "");
  const places: Placed[] = [];
  for (let index = 0; index + 1 < words.length; index += 2) {
    places.push({ position: words[index] ?? "", previous: words[index + 1] ?? "" });
  }
  return places;
}
