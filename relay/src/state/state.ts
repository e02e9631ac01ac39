/**
 * Heat map and stats: the newest value replaces older ones. A change goes to whoever watches its scope: the first at
 * once, a burst coalesced, the last value always.
 */
import {
  formatRoom,
  type HeatCell,
  type HeatmapEvent,
  type Room,
  type StatsEvent,
} from "@faultline/contract";
import type { Logger } from "pino";
import { type Clock, isoTime } from "../base/clock.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import type { Message } from "../dispatch/encode.ts";
import { type Metrics, noMetrics } from "../metrics/metrics.ts";
import { type Board, createBoard } from "./board.ts";
import { createPacer, type Pacer } from "./pacer.ts";
import { createPublish, type Publish } from "./publish.ts";
import { heatmapMessage, type Scope, statsMessage } from "./values.ts";

export interface State {
  /**
   * Resolves when the organization's cells have been read. Ask only while the organization is watched: what happened
   * before the watch began must be in what is read.
   */
  ready(organizationId: string): Promise<void>;
  /** The heat map that these rooms show, once `ready`: the organization's, or else one for each campus. */
  heatmap(organizationId: string, rooms: readonly Room[]): readonly Message<HeatmapEvent>[];
  /** The stats that these rooms show, once `ready`: one for each. */
  stats(organizationId: string, rooms: readonly Room[]): readonly Message<StatsEvent>[];
  /** Takes in the cells of a log entry. */
  apply(organizationId: string, cells: readonly HeatCell[]): void;
  /** Log entries were lost: reads the cells again, and sends what they have become. */
  refresh(organizationId: string): void;
  /** Forgets an organization that nobody watches. */
  drop(organizationId: string): void;
  close(): void;
}

export interface StateOptions {
  readonly load: (organizationId: string) => Promise<readonly HeatCell[]>;
  readonly dispatch: Dispatch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: counts nothing. */
  readonly metrics?: Metrics;
  readonly timing?: Partial<StateTiming> | undefined;
}

export interface StateTiming {
  /** The least time between two values of the same kind in a room. */
  readonly intervalMs: number;
  /** How long to wait before a failed read is tried again. */
  readonly retryMs: number;
}

export const stateTiming: StateTiming = { intervalMs: 250, retryMs: 1_000 };

export function createState(options: StateOptions): State {
  return new BoardState(options);
}

interface Known {
  readonly board: Board;
  readonly heatmaps: Map<string, Message<HeatmapEvent>>;
  readonly stats: Map<string, Message<StatsEvent>>;
}

/** A board for each organization, and the messages that were made of it since its last change. */
class BoardState implements State {
  readonly #options: StateOptions;
  readonly #timing: StateTiming;
  readonly #organizations = new Map<string, Known>();
  readonly #pacer: Pacer;
  readonly #publish: Publish;

  constructor(options: StateOptions) {
    const { dispatch, clock, metrics = noMetrics } = options;
    this.#options = options;
    this.#timing = { ...stateTiming, ...options.timing };
    this.#pacer = createPacer(clock, this.#timing.intervalMs);
    this.#publish = createPublish({ dispatch, pacer: this.#pacer, clock, metrics });
  }

  ready(organizationId: string): Promise<void> {
    return (this.#organizations.get(organizationId) ?? this.#open(organizationId)).board.ready;
  }

  heatmap(organizationId: string, rooms: readonly Room[]): readonly Message<HeatmapEvent>[] {
    const known = this.#organizations.get(organizationId);
    if (!known) return [];
    return heatmapRooms(organizationId, rooms).map((room) =>
      recall(known.heatmaps, room, () => heatmapMessage(this.#scopeOf(known, organizationId, room))),
    );
  }

  stats(organizationId: string, rooms: readonly Room[]): readonly Message<StatsEvent>[] {
    const known = this.#organizations.get(organizationId);
    if (!known) return [];
    return rooms
      .filter(({ kind }) => kind !== "heatmap")
      .map((room) =>
        recall(known.stats, room, () => statsMessage(this.#scopeOf(known, organizationId, room))),
      );
  }

  apply(organizationId: string, cells: readonly HeatCell[]): void {
    this.#organizations.get(organizationId)?.board.apply(cells);
  }

  refresh(organizationId: string): void {
    this.#organizations.get(organizationId)?.board.refresh();
  }

  drop(organizationId: string): void {
    this.#organizations.get(organizationId)?.board.end();
    this.#organizations.delete(organizationId);
  }

  close(): void {
    this.#pacer.close();
    for (const organizationId of this.#organizations.keys()) this.drop(organizationId);
  }

  #open(organizationId: string): Known {
    const { load, clock, logger } = this.#options;
    const board = createBoard({
      load: () => load(organizationId),
      onChange: (buildingIds) => this.#change(organizationId, known, buildingIds),
      clock,
      logger: logger.child({ organizationId }),
      retryMs: this.#timing.retryMs,
    });
    const known: Known = { board, heatmaps: new Map(), stats: new Map() };
    this.#organizations.set(organizationId, known);
    return known;
  }

  #change(organizationId: string, { board, heatmaps, stats }: Known, buildingIds: readonly string[]): void {
    heatmaps.clear();
    stats.clear();
    this.#publish(organizationId, () => board.cells(), buildingIds);
  }

  #scopeOf({ board }: Known, organizationId: string, room: Room): Scope {
    const now = isoTime(this.#options.clock.now());
    return { organizationId, room, cells: board.cells().values(), now };
  }
}

/** Whoever is in a room of the whole organization needs no campus of it. */
function heatmapRooms(organizationId: string, rooms: readonly Room[]): readonly Room[] {
  const isEverywhere = rooms.some(({ kind }) => kind === "org" || kind === "heatmap");
  return isEverywhere ? [{ kind: "org", id: organizationId }] : rooms.filter(({ kind }) => kind === "campus");
}

/** What was made since the last change still holds: many who arrive at once share one message, and so its encoding. */
function recall<T>(made: Map<string, T>, room: Room, make: () => T): T {
  const name = formatRoom(room);
  const known = made.get(name) ?? make();
  made.set(name, known);
  return known;
}
