/** What goes wrong, and when: it follows from the seed and the length of the run alone. */
import type { Random } from "./random.ts";

/**
 * The faults, by what they strike. Those of one lane follow one another; the lanes run side by side, so that faults of
 * different lanes meet.
 */
export const lanes = {
  redis: [
    /** Killed, and back with its data a little later. */
    "redis-stop",
    /** Stopped in good order and started at once. */
    "redis-restart",
    /** All data is gone: FLUSHALL. */
    "redis-flush",
    /** Killed; its replica, which has everything, takes over. */
    "redis-failover",
    /** Killed; its replica, which lacks what was acknowledged last, takes over. */
    "redis-failover-behind",
    /** Nothing answers, but no connection breaks. */
    "redis-hang",
  ],
  relay: ["relay-kill", "relay-drain"],
  publisher: ["publisher-kill", "publisher-kill-after-append"],
  network: ["network-cut", "network-silence", "slow-readers"],
  triggers: ["triggers-held"],
} as const;

export type Lane = keyof typeof lanes;
export type FaultKind = (typeof lanes)[Lane][number];
export const laneNames = Object.keys(lanes) as readonly Lane[];
export const faultKinds: readonly FaultKind[] = laneNames.flatMap((lane) => lanes[lane]);

export interface Fault {
  readonly kind: FaultKind;
  /** Calm before it, from the end of the lane's last fault. */
  readonly afterMs: number;
  /** How long it lasts, where it lasts. */
  readonly lastsMs: number;
  /** Draws which relay, publisher or clients it strikes. */
  readonly random: Random;
}

/** For every lane its faults, in order. */
export type Plan = Readonly<Record<Lane, readonly Fault[]>>;

/** Every kind strikes once per cycle, in an order of its own. */
export function planFaults(random: Random, cycles: number): Plan {
  const planLane = (lane: Lane) => {
    const chance = random.fork(lane);
    const kinds = Array.from({ length: cycles }, () => chance.shuffle<FaultKind>(lanes[lane])).flat();
    return kinds.map((kind, index) => ({
      kind,
      afterMs: Math.round(chance.between(...calmMs[lane])),
      lastsMs: Math.round(chance.between(500, 3_000)),
      random: chance.fork(`${index}`),
    }));
  };
  return Object.fromEntries(laneNames.map((lane) => [lane, planLane(lane)])) as unknown as Plan;
}

/** Between the faults of a lane, so that all lanes take about as long for a cycle. */
const calmMs: Readonly<Record<Lane, readonly [number, number]>> = {
  redis: [1_000, 4_000],
  relay: [3_000, 8_000],
  publisher: [4_000, 10_000],
  network: [2_000, 8_000],
  triggers: [8_000, 20_000],
};

/** The plan in lines, for whoever looks into a failure. */
export function describePlan(plan: Plan): string {
  return laneNames
    .map((lane) => {
      const faults = plan[lane].map(
        ({ kind, afterMs, lastsMs }) => `+${(afterMs / 1_000).toFixed(1)}s ${kind} (${lastsMs} ms)`,
      );
      return `${lane}: ${faults.join(", ")}`;
    })
    .join("\n");
}
