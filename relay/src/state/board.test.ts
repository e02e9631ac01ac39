import type { HeatCell } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { cellOf } from "../../test/fixtures.ts";
import { silent } from "../../test/services.ts";
import { type Board, createBoard } from "./board.ts";

interface Reading {
  readonly resolve: (cells: readonly HeatCell[]) => void;
  readonly reject: (error: Error) => void;
}

/** A board whose reads the test answers. */
function boardUnderTest() {
  const readings: Reading[] = [];
  const changes: (readonly string[])[] = [];
  const clock = new ManualClock();
  const board = createBoard({
    load: () => new Promise((resolve, reject) => readings.push({ resolve, reject })),
    onChange: (ids) => changes.push([...ids].sort()),
    clock,
    logger: silent,
    retryMs: 1_000,
  });
  const reading = (at: number): Reading => {
    const found = readings[at];
    if (!found) throw new Error(`only ${readings.length} reads`);
    return found;
  };
  return { board, readings, reading, changes, clock };
}

const versions = (board: Board) =>
  Object.fromEntries([...board.cells().values()].map(({ buildingId, version }) => [buildingId, version]));

describe("a board", () => {
  it("is ready when its cells have been read, and tells nothing of that", async () => {
    const { board, reading, changes } = boardUnderTest();
    reading(0).resolve([cellOf("library", 3, 1)]);
    await board.ready;
    expect(versions(board)).toEqual({ library: 3 });
    expect(changes).toEqual([]);
  });

  it("keeps what came while it was reading, if that is newer", async () => {
    const { board, reading } = boardUnderTest();
    board.apply([cellOf("library", 2, 1), cellOf("museum", 5, 1)]);
    board.apply([cellOf("museum", 4, 1), cellOf("pier", 1, 1)]);
    reading(0).resolve([cellOf("library", 3, 1), cellOf("museum", 3, 1)]);
    await board.ready;
    expect(versions(board)).toEqual({ library: 3, museum: 5, pier: 1 });
  });

  it("tries again, for as long as it takes, when its cells can't be read", async () => {
    const { board, readings, reading, clock } = boardUnderTest();
    for (const attempt of [0, 1]) {
      reading(attempt).reject(new Error("out"));
      await expect.poll(() => clock.pending).toBe(1);
      clock.advance(1_000);
      await expect.poll(() => readings.length).toBe(attempt + 2);
    }
    reading(2).resolve([cellOf("pier", 1, 1)]);
    await board.ready;
    expect(versions(board)).toEqual({ pier: 1 });
  });

  it("tells of what became another by a refresh, also of what is gone", async () => {
    const { board, reading, readings, changes } = boardUnderTest();
    reading(0).resolve([cellOf("library", 7, 1), cellOf("museum", 1, 1)]);
    await board.ready;
    board.refresh();
    await expect.poll(() => readings.length).toBe(2);
    board.apply([cellOf("pier", 2, 1)]);
    // The library was torn down and built anew: versions begin anew, too.
    reading(1).resolve([cellOf("library", 1, 1)]);
    await expect.poll(() => versions(board)).toEqual({ library: 1, pier: 2 });
    expect(changes).toEqual([["pier"], ["library", "museum", "pier"]]);
  });

  it("reads once more when a refresh is asked for while it reads", async () => {
    const { board, reading, readings } = boardUnderTest();
    board.refresh();
    board.refresh();
    reading(0).resolve([cellOf("library", 1, 1)]);
    await expect.poll(() => readings.length).toBe(2);
    reading(1).resolve([cellOf("library", 2, 1)]);
    await expect.poll(() => versions(board)).toEqual({ library: 2 });
    expect(readings).toHaveLength(2);
  });

  it("that has ended tells and reads nothing more", async () => {
    const { board, reading, readings, changes } = boardUnderTest();
    reading(0).resolve([]);
    await board.ready;
    board.refresh();
    board.end();
    reading(1).resolve([cellOf("library", 1, 1)]);
    board.refresh();
    await Promise.resolve();
    expect(readings).toHaveLength(2);
    expect(changes).toEqual([]);
  });
});
