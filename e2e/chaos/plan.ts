/** What goes wrong, and when: it follows from the seed and the length of the run alone. */
import type { Random } from "../support/random.ts";

/**
 * The faults, by what they strike. Those of one lane follow one another; the lanes run side by side, so that faults of
 * different lanes meet.
 */
export const lanes = {
  redis: [
    /** Killed, and back with its data a little later. */
    "redis-kill",
    /** Stopped in good order and started at once. */
    "redis-restart",
    /** All data is gone: FLUSHALL. */
    "redis-flush",
    /** Killed; its replica, which has everything, takes over. */
    "redis-failover",
    /** Killed; its replica, which lacks what was acknowledged last, takes over. */
    "redis-failover-behind",
    /** SIGSTOP: no connection breaks, nothing is answered; SIGCONT then. */
    "redis-freeze",
    /** The network to Redis passes nothing on, and then all of it. */
    "redis-silence",
  ],
  relay: [
    /** SIGKILL, and started again. */
    "relay-kill",
    /** SIGTERM, as a deploy does it, and started again. */
    "relay-drain",
  ],
  publisher: [
    "publisher-kill",
    /** Killed when Redis has appended and before it hears so. */
    "publisher-kill-after-append",
  ],
  network: [
    /** Connections of clients break. */
    "network-cut",
    /** They pass nothing on for a while, and break then. */
    "network-silence",
    /** Clients take nothing for a while: what is sent to them piles up in the relay. */
    "slow-readers",
  ],
  /** Held back, and then delivered all at once; late, repeated and out of order they are all the time. */
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

export interface PlanOptions {
  /** How often every kind strikes. */
  readonly cycles: number;
  /** Kinds that don't. Default none. */
  readonly without?: readonly FaultKind[];
}

/** Every kind strikes once per cycle, in an order of its own. */
export function planFaults(random: Random, { cycles, without = [] }: PlanOptions): Plan {
  const planLane = (lane: Lane): readonly Fault[] => {
    const chance = random.fork(lane);
    const available = lanes[lane].filter((kind: FaultKind) => !without.includes(kind));
    const kinds = Array.from({ length: cycles }, () => chance.shuffle<FaultKind>(available)).flat();
    return kinds.map((kind, index) => ({
      kind,
      afterMs: Math.round(chance.between(calmMs[lane])),
      lastsMs: Math.round(chance.between([500, 3_000])),
      random: chance.fork(`${index}`),
    }));
  };
  const [redis, relay, publisher, network, triggers] = laneNames.map(planLane);
  return { redis, relay, publisher, network, triggers } as Plan;
}

/** Between the faults of a lane, so that all lanes take about as long for a cycle. */
const calmMs: Readonly<Record<Lane, readonly [number, number]>> = {
  redis: [1_000, 4_000],
  relay: [3_000, 8_000],
  publisher: [4_000, 10_000],
  network: [2_000, 8_000],
  triggers: [8_000, 20_000],
};

/** The plan in lines, for whoever looks into a failure: of each lane as much as was carried out. */
export function describePlan(plan: Plan, done: Readonly<Record<Lane, number>>): string {
  return laneNames
    .map((lane) => {
      const faults = plan[lane]
        .slice(0, done[lane])
        .map(({ kind, afterMs, lastsMs }) => `+${(afterMs / 1_000).toFixed(1)}s ${kind} (${lastsMs} ms)`);
      return `${lane}: ${faults.join(", ")}`;
    })
    .join("\n");
}
