/**
 * What an event costs the relay, beside what it costs stock Socket.IO. CPU time is compared and not the clock's, turn by
 * turn: a machine that is busy with other things makes both dearer, and a slow client makes neither so.
 */
import { expect, it } from "vitest";
import { median } from "../bench/src/figures.ts";
import { startGround } from "../bench/src/ground.ts";
import { withAll } from "../bench/src/scenarios/enter.ts";
import { startRelay } from "../bench/src/servers/relay.ts";
import { startSocketIo } from "../bench/src/servers/socketio.ts";
import { ratios, type Series, takeTurns } from "../bench/src/turns.ts";

/** How many times the relay's CPU stock Socket.IO must need at least. Far below what `npm run bench` measures. */
const leastRatio = 1.3;
const clients = 400;
const rounds = 5;
const turnSeconds = 0.6;
/** Garbage collection and the compiler may hit one side in most turns once, hardly three times in a row. */
const attempts = 3;

it("an event costs the relay no more of its CPU than it should, beside stock Socket.IO", async () => {
  const ground = await startGround({ isPinned: false });
  const context = { ground, options: { clients }, log: () => {} };
  try {
    const starts = [() => startRelay(ground, { clients }), () => startSocketIo(ground)] as const;
    await withAll(context, starts, async ({ contestants, absent }) => {
      expect(absent).toEqual([]);
      const measured: string[] = [];
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const series = await takeTurns(contestants, rounds, (contestant) => contestant.saturate(turnSeconds));
        expect(faultsIn(series)).toBe(0);
        const [ours, stock] = series as [Series, Series];
        const found = ratios(ours, stock);
        if (median(found) >= leastRatio) return;
        measured.push(found.map((ratio) => ratio.toFixed(2)).join(" "));
      }
      expect.fail(`Socket.IO needs, round by round, only ${measured.join("; ")} times the relay's CPU`);
    });
  } finally {
    await ground.stop();
  }
});

function faultsIn(series: readonly Series[]): number {
  return series.flatMap(({ samples }) => samples).reduce((sum, { faults, cut }) => sum + faults + cut, 0);
}
