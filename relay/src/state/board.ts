/** The heat cells of one organization: read once, then kept current by what rides on its log. */
import type { HeatCell } from "@faultline/contract";
import type { Logger } from "pino";
import { type Clock, pause } from "../base/clock.ts";

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
  return new ReadingBoard(options);
}

class ReadingBoard implements Board {
  readonly ready: Promise<void>;
  readonly #options: BoardOptions;
  #cells = new Map<string, HeatCell>();
  /** Cells that came while reading: what is read may be older than they are. */
  #arrived = new Map<string, HeatCell>();
  #isReady = false;
  #isReading = false;
  #isStale = true;
  #hasEnded = false;

  constructor(options: BoardOptions) {
    this.#options = options;
    this.ready = this.#read();
  }

  cells(): Cells {
    return this.#cells;
  }

  apply(newer: readonly HeatCell[]): void {
    if (this.#isReading) keepNewest(this.#arrived, newer);
    if (!this.#isReady) return;
    const changed = keepNewest(this.#cells, newer);
    if (changed.length > 0) this.#options.onChange(changed);
  }

  refresh(): void {
    this.#isStale = true;
    if (!this.#isReading) void this.#read();
  }

  end(): void {
    this.#hasEnded = true;
  }

  async #read(): Promise<void> {
    const { logger, clock, retryMs } = this.#options;
    this.#isReading = true;
    while (this.#isStale && !this.#hasEnded) {
      await this.#readOnce().catch(async (error: unknown) => {
        this.#isStale = true;
        logger.warn({ error }, "heat cells can't be read; trying again");
        await pause(clock, retryMs);
      });
    }
    this.#isReading = false;
  }

  async #readOnce(): Promise<void> {
    this.#arrived = new Map();
    this.#isStale = false;
    const cells = new Map((await this.#options.load()).map((cell) => [cell.buildingId, cell]));
    keepNewest(cells, this.#arrived.values());
    const buildingIds = new Set([...this.#cells.keys(), ...cells.keys()]);
    this.#cells = cells;
    if (this.#isReady && !this.#hasEnded) this.#options.onChange([...buildingIds]);
    this.#isReady = true;
  }
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
