/** What comes from the publishers: pushes, put into each watched organization's order. */
import {
  comparePositions,
  FaultlineError,
  type LogEntry,
  logEntrySchema,
  positionSchema,
  startPosition,
} from "@faultline/contract";
import type { Logger } from "pino";
import type { Cancel, Clock } from "./clock.ts";
import { available } from "./deadline.ts";
import type { Log } from "./log.ts";
import type { Placed } from "./sequence.ts";
import { createTrack, type Track } from "./track.ts";

/** Where entries go. None of these MUST throw. */
export interface IngestSink {
  /** Called once per entry, in the organization's order. */
  deliver(organizationId: string, position: string, entry: LogEntry): void;
  /** Entries were lost; what is delivered goes on after `position`. */
  lost(organizationId: string, position: string): void;
  /** Nobody has watched the organization for a while: nothing more is delivered of it. */
  idle(organizationId: string): void;
}

/** A subscriber's interest in its organization. */
export interface Watch {
  /** The position after which what is delivered from this very tick on follows. */
  position(): string;
  /** Ends the interest; calling it again does nothing. */
  end(): void;
}

export interface Ingest {
  /** Takes what was pushed, from whomever: what is no push is logged and dropped. */
  receive(push: unknown): void;
  /** Rejects with `unavailable` while Redis is out. */
  watch(organizationId: string): Promise<Watch>;
  /** Pushes may have been missed: looks into the log of every watched organization. */
  doubt(): void;
  close(): void;
}

export interface IngestOptions {
  readonly log: Log;
  readonly sink: IngestSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether pushes arrive just now. */
  readonly isLinked: () => boolean;
  readonly timing?: Partial<IngestTiming> | undefined;
}

export interface IngestTiming {
  /** How long an organization that nobody watches any more is still followed. */
  readonly lingerMs: number;
  /** How long to wait before a failed read of a log is tried again. */
  readonly retryMs: number;
  /** How often the logs are looked into even if nothing is pushed: a publisher may end between append and push. */
  readonly doubtMs: number;
}

export const ingestTiming: IngestTiming = { lingerMs: 30_000, retryMs: 250, doubtMs: 30_000 };

const pushSchema = logEntrySchema.extend({ position: positionSchema, previous: positionSchema });

interface Followed {
  readonly track: Track;
  watchers: number;
  cancelLinger: Cancel;
}

export function createIngest(options: IngestOptions): Ingest {
  const { log, sink, clock, logger, isLinked } = options;
  const { lingerMs, retryMs, doubtMs } = { ...ingestTiming, ...options.timing };
  const organizations = new Map<string, Followed>();

  const deliver = (organizationId: string, { position, entry }: Placed) => {
    if (entry) sink.deliver(organizationId, position, entry);
    else logger.error({ organizationId, position }, "an entry of the log can't be read and is passed over");
  };

  const follow = (organizationId: string): Followed => {
    const track = createTrack({
      organizationId,
      log,
      clock,
      logger,
      retryMs,
      deliver: (placed) => deliver(organizationId, placed),
      lost: (position) => sink.lost(organizationId, position),
    });
    const followed: Followed = { track, watchers: 0, cancelLinger: () => {} };
    organizations.set(organizationId, followed);
    track.begun.catch(() => organizations.delete(organizationId));
    return followed;
  };

  const drop = (organizationId: string, followed: Followed) => {
    if (organizations.get(organizationId) !== followed) return;
    organizations.delete(organizationId);
    followed.track.end();
    sink.idle(organizationId);
  };

  const release = (organizationId: string, followed: Followed) => {
    followed.watchers -= 1;
    if (followed.watchers > 0) return;
    followed.cancelLinger = clock.after(lingerMs, () => drop(organizationId, followed));
  };

  const doubt = () => {
    for (const { track } of organizations.values()) track.doubt();
  };
  const cancelDoubt = clock.every(doubtMs, doubt);

  return {
    doubt,
    receive(push) {
      const organizationId = organizationOf(push);
      if (organizationId === undefined) return logger.warn("a push without an organization was dropped");
      const followed = organizations.get(organizationId);
      if (!followed || isOld(push, followed.track)) return;
      const { data, error } = pushSchema.safeParse(push);
      if (data) followed.track.receive(data);
      else logger.warn({ organizationId, fault: error.issues[0]?.path }, "a malformed push was dropped");
    },
    async watch(organizationId) {
      if (!isLinked())
        throw new FaultlineError("unavailable", "Live events are out of reach just now; try again.");
      const followed = organizations.get(organizationId) ?? follow(organizationId);
      followed.watchers += 1;
      followed.cancelLinger();
      let isReleased = false;
      const end = () => {
        if (!isReleased) release(organizationId, followed);
        isReleased = true;
      };
      await available("The log", followed.track.begun).catch((error: unknown) => {
        end();
        throw error;
      });
      return { position: () => followed.track.position() ?? startPosition, end };
    },
    close() {
      cancelDoubt();
      for (const { track, cancelLinger } of organizations.values()) {
        cancelLinger();
        track.end();
      }
      organizations.clear();
    },
  };
}

/** Most pushes are of organizations that nobody watches here, or repeat one: found out before anything is parsed. */
function organizationOf(push: unknown): string | undefined {
  const event = fieldOf(push, "event");
  const organizationId = fieldOf(event, "organizationId");
  return typeof organizationId === "string" ? organizationId : undefined;
}

function isOld(push: unknown, track: Track): boolean {
  const position = fieldOf(push, "position");
  const known = track.position();
  return typeof position === "string" && known !== undefined && comparePositions(position, known) <= 0;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
