/** The heat cells of one organization: read once, then kept current by what rides on its log. */
import type { HeatCell } from "@faultline/contract";
import type { Logger } from "pino";
import { type Clock, pause } from "./clock.ts";

export type Cells = ReadonlyMap<string, HeatCell>;

export interface Board {
  /** Resolves when the cells have been read, however often that must be tried. */
  readonly ready: Promise<void>;
  /** The cells by building; empty before `ready`. */
  cells(): Cells;
  /** Takes in cells of a log entry; for each building the newest version stays. */
  apply(cells: readonly HeatCell[]): void;
  /** What is known may be out of date: read it again. */
  refresh(): void;
  end(): void;
}

export interface BoardOptions {
  readonly load: () => Promise<readonly HeatCell[]>;
  /** Told of the buildings whose cell is another now; not of the first read. */
  readonly onChange: (buildingIds: readonly string[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long to wait before a failed read is tried again. */
  readonly retryMs: number;
}

export function createBoard(options: BoardOptions): Board {
  const { load, onChange, clock, logger, retryMs } = options;
  let cells = new Map<string, HeatCell>();
  /** Cells that came while reading: what is read may be older than they are. */
  let arrived = new Map<string, HeatCell>();
  let isReady = false;
  let isReading = false;
  let isStale = true;
  let hasEnded = false;

  const readOnce = async () => {
    arrived = new Map();
    isStale = false;
    const read = new Map((await load()).map((cell) => [cell.buildingId, cell]));
    keepNewest(read, arrived.values());
    const before = cells;
    cells = read;
    if (isReady && !hasEnded) onChange([...new Set([...before.keys(), ...read.keys()])]);
    isReady = true;
  };

  const read = async () => {
    isReading = true;
    while (isStale && !hasEnded) {
      await readOnce().catch(async (error: unknown) => {
        isStale = true;
        logger.warn({ error }, "heat cells can't be read; trying again");
        await pause(clock, retryMs);
      });
    }
    isReading = false;
  };

  return {
    ready: read(),
    cells: () => cells,
    apply(newer) {
      if (isReading) keepNewest(arrived, newer);
      if (!isReady) return;
      const changed = keepNewest(cells, newer);
      if (changed.length > 0) onChange(changed);
    },
    refresh() {
      isStale = true;
      if (!isReading) void read();
    },
    end() {
      hasEnded = true;
    },
  };
}

/** Puts in those that are newer than what is there; gives the buildings that changed. */
function keepNewest(cells: Map<string, HeatCell>, newer: Iterable<HeatCell>): readonly string[] {
  const changed: string[] = [];
  for (const cell of newer) {
    const known = cells.get(cell.buildingId);
    if (known && known.version >= cell.version) continue;
    cells.set(cell.buildingId, cell);
    changed.push(cell.buildingId);
  }
  return changed;
}
