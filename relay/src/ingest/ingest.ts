/** What comes from the publishers: pushes, put into each watched organization's order. */
import { comparePositions, FaultlineError, positionSchema, startPosition } from "@faultline/contract";
import type { Logger } from "pino";
import { z } from "zod";
import type { Cancel, Clock } from "../base/clock.ts";
import { available } from "../base/deadline.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { parseEntry } from "./entry.ts";
import type { Log } from "./log.ts";
import type { Placed } from "./sequence.ts";
import { createTrack, type Track } from "./track.ts";

/** Where entries go. None of these MUST throw. */
export interface IngestSink {
  /** Called once per entry, in the organization's order; also for one that can't be read. */
  deliver(organizationId: string, placed: Placed): void;
  /** Entries were lost; what is delivered goes on after `position`. */
  lost(organizationId: string, position: string): void;
  /** Nobody has watched the organization for a while: nothing more is delivered of it. */
  idle(organizationId: string): void;
}

/** A subscriber's interest in its organization. */
export interface Watch {
  /** The position after which what is delivered from this very tick on follows. */
  position(): string;
  /** Resolves when all that the log held at the call was delivered. */
  caughtUp(): Promise<void>;
  hasEnded(): boolean;
  /** Ends the interest; calling it again does nothing. */
  end(): void;
}

export interface Ingest {
  /** Takes what was pushed, from whomever: what is no push is logged and dropped. */
  receive(push: unknown): void;
  /** Rejects with `unavailable` while Redis is out. */
  watch(organizationId: string): Promise<Watch>;
  /** The last position that was delivered; undefined for an organization that nobody watches. */
  position(organizationId: string): string | undefined;
  /** Pushes may have been missed: looks into the log of every watched organization. */
  doubt(): void;
  /** Resolves when all that the logs of the watched organizations held at the call was delivered. */
  caughtUp(): Promise<void>;
  close(): void;
}

export interface IngestOptions {
  readonly log: Log;
  readonly sink: IngestSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: counts nothing. */
  readonly metrics?: Metrics;
  /** Whether pushes arrive just now. */
  readonly isLinked: () => boolean;
  readonly timing?: Partial<IngestTiming> | undefined;
}

export interface IngestTiming {
  /** How long an organization that nobody watches any more is still followed. */
  readonly lingerMs: number;
  /** How long to wait before a failed read of a log is tried again. */
  readonly retryMs: number;
  /** How often the logs are looked into even if nothing is pushed: Redis may refuse a push, and says so only to the publisher. */
  readonly doubtMs: number;
}

export const ingestTiming: IngestTiming = { lingerMs: 30_000, retryMs: 250, doubtMs: 30_000 };

const linkSchema = z.object({ position: positionSchema, previous: positionSchema });

export function createIngest(options: IngestOptions): Ingest {
  return new TrackingIngest(options);
}

interface Followed {
  readonly organizationId: string;
  readonly track: Track;
  watchers: number;
  cancelLinger: Cancel;
}

/** Follows an organization from its first watcher on until a little after its last. */
class TrackingIngest implements Ingest {
  readonly #options: IngestOptions;
  readonly #timing: IngestTiming;
  readonly #metrics: Metrics;
  readonly #organizations = new Map<string, Followed>();
  readonly #cancelDoubt: Cancel;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#timing = { ...ingestTiming, ...options.timing };
    this.#metrics = options.metrics ?? noMetrics;
    this.#cancelDoubt = options.clock.every(this.#timing.doubtMs, () => this.doubt());
  }

  receive(push: unknown): void {
    const { logger } = this.#options;
    const organizationId = organizationOf(push);
    if (organizationId === undefined) {
      this.#metrics.malformed("push");
      logger.warn("a push without an organization was dropped");
      return;
    }
    const followed = this.#organizations.get(organizationId);
    if (!followed) return;
    const { track } = followed;
    if (this.#dropRepeated(push, track)) return;
    const { data: link, error } = linkSchema.safeParse(push);
    if (link) {
      track.receive({ ...link, entry: parseEntry(organizationId, push) });
      return;
    }
    this.#metrics.malformed("push");
    logger.warn({ organizationId, fault: error.issues[0]?.path }, "a malformed push was dropped");
  }

  async watch(organizationId: string): Promise<Watch> {
    if (!this.#options.isLinked())
      throw new FaultlineError("unavailable", "Live events are out of reach just now; try again.");
    const followed = this.#organizations.get(organizationId) ?? this.#follow(organizationId);
    followed.watchers += 1;
    followed.cancelLinger();
    const watch = new TrackWatch(followed, this);
    await available("The log", followed.track.begun).catch((error: unknown) => {
      watch.end();
      throw error;
    });
    return watch;
  }

  /** One watch has ended. */
  release(followed: Followed): void {
    followed.watchers -= 1;
    if (followed.watchers > 0) return;
    const { lingerMs } = this.#timing;
    followed.cancelLinger = this.#options.clock.after(lingerMs, () => this.#forget(followed));
  }

  position(organizationId: string): string | undefined {
    return this.#organizations.get(organizationId)?.track.position();
  }

  doubt(): void {
    for (const { track } of this.#organizations.values()) track.doubt();
  }

  async caughtUp(): Promise<void> {
    const tracks = [...this.#organizations.values()].map(({ track }) => track);
    // One that could not even begin has nobody to whom anything is owed.
    await Promise.allSettled(tracks.map((track) => track.caughtUp()));
  }

  close(): void {
    this.#cancelDoubt();
    for (const { track, cancelLinger } of this.#organizations.values()) {
      cancelLinger();
      track.end();
    }
    this.#organizations.clear();
  }

  /**
   * What was delivered may come again, also after a loss: then it is no part of the log any more. What is old has been
   * delivered, too, as a rule. But where Redis failed over to a replica that lacked the newest entries, its clock may give
   * new entries positions that lie before the last: then the log tells.
   */
  #dropRepeated(push: unknown, track: Track): boolean {
    const position = fieldOf(push, "position");
    const known = track.position();
    if (typeof position !== "string" || known === undefined) return false;
    const wasDelivered = track.hasDelivered(position);
    if (!wasDelivered && comparePositions(position, known) > 0) return false;
    this.#metrics.duplicateDropped();
    if (!wasDelivered) track.doubt();
    return true;
  }

  #follow(organizationId: string): Followed {
    const { log, clock, logger, sink } = this.#options;
    const track = createTrack({
      organizationId,
      log,
      clock,
      logger,
      retryMs: this.#timing.retryMs,
      gapFound: this.#metrics.gapFound,
      duplicateDropped: this.#metrics.duplicateDropped,
      deliver: (placed) => this.#deliver(organizationId, placed),
      lost: (position) => sink.lost(organizationId, position),
    });
    const followed: Followed = { organizationId, track, watchers: 0, cancelLinger: () => {} };
    this.#organizations.set(organizationId, followed);
    track.begun.catch(() => this.#organizations.delete(organizationId));
    return followed;
  }

  #deliver(organizationId: string, placed: Placed): void {
    const { sink, logger } = this.#options;
    if (!placed.entry) {
      const { position } = placed;
      this.#metrics.malformed("entry");
      logger.error({ organizationId, position }, "an entry of the log can't be read and is passed over");
    }
    sink.deliver(organizationId, placed);
  }

  #forget(followed: Followed): void {
    const { organizationId, track } = followed;
    if (this.#organizations.get(organizationId) !== followed) return;
    this.#organizations.delete(organizationId);
    track.end();
    this.#options.sink.idle(organizationId);
  }
}

/** A class, since every connection has one. */
class TrackWatch implements Watch {
  readonly #followed: Followed;
  readonly #ingest: TrackingIngest;
  #hasEnded = false;

  constructor(followed: Followed, ingest: TrackingIngest) {
    this.#followed = followed;
    this.#ingest = ingest;
  }

  position(): string {
    return this.#followed.track.position() ?? startPosition;
  }

  caughtUp(): Promise<void> {
    return this.#followed.track.caughtUp();
  }

  hasEnded(): boolean {
    return this.#hasEnded;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#ingest.release(this.#followed);
  }
}

/** Most pushes are of organizations that nobody watches here, or repeat one: found out before anything is parsed. */
function organizationOf(push: unknown): string | undefined {
  const event = fieldOf(push, "event");
  const organizationId = fieldOf(event, "organizationId");
  return typeof organizationId === "string" ? organizationId : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
