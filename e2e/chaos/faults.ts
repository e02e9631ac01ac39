/** Carries a plan out: how each fault is done, and undone. */
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "./client.ts";
import { type Fault, type FaultKind, type Lane, laneNames, type Plan } from "./plan.ts";
import type { Unit } from "./processes.ts";
import type { Publishers } from "./publishers.ts";
import type { RedisPair } from "./redis.ts";
import type { Triggers } from "./triggers.ts";

/** What faults can strike. */
export interface World {
  readonly redis: RedisPair;
  readonly relays: readonly Unit[];
  readonly publishers: Publishers;
  readonly clients: readonly Client[];
  readonly triggers: Triggers;
}

/** One fault, as it went. */
export interface Struck {
  readonly lane: Lane;
  readonly kind: FaultKind;
  /** In milliseconds since 1970. */
  readonly from: number;
  /** Undefined while it lasts. */
  to: number | undefined;
  /** False when it found nothing to strike. */
  isHit: boolean;
}

/**
 * Settles when all faults are over and undone; ends early, with everything undone, on `signal`. What is done is added to
 * `struck` as it begins. Rejects when a fault could not be done or undone; nothing goes on then.
 */
export async function carryOut(
  plan: Plan,
  world: World,
  { struck, signal }: { readonly struck: Struck[]; readonly signal: AbortSignal },
): Promise<void> {
  const failing = new AbortController();
  const ending = AbortSignal.any([signal, failing.signal]);
  const runLane = async (lane: Lane) => {
    for (const fault of plan[lane]) {
      await delay(fault.afterMs, undefined, { signal: ending }).catch(() => {});
      if (ending.aborted) return;
      const { kind } = fault;
      const one: Struck = { lane, kind, from: Date.now(), to: undefined, isHit: true };
      struck.push(one);
      one.isHit = await strikes[kind](world, fault);
      one.to = Date.now();
    }
  };
  const failures: unknown[] = [];
  await Promise.all(
    laneNames.map((lane) =>
      runLane(lane).catch((error: unknown) => {
        failures.push(error);
        failing.abort();
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
}

/** Strikes, and resolves when the fault is undone; whether it struck anything. */
type Strike = (world: World, fault: Fault) => Promise<boolean>;

const strikes: Readonly<Record<FaultKind, Strike>> = {
  "redis-kill": always(async ({ redis }, { lastsMs }) => {
    await redis.kill();
    await delay(lastsMs);
    await redis.restart();
  }),
  "redis-restart": always(({ redis }) => redis.restart()),
  "redis-flush": always(({ redis }) => redis.flush()),
  "redis-failover": always(async ({ redis }, { lastsMs }) => {
    await redis.failOver();
    await delay(lastsMs);
    await redis.rejoin();
  }),
  "redis-failover-behind": always(async ({ redis }, { lastsMs }) => {
    redis.leaveBehind();
    await delay(lastsMs);
    await redis.failOver();
    await redis.rejoin();
  }),
  "redis-freeze": always(async ({ redis }, { lastsMs }) => {
    const thaw = await redis.freeze();
    await delay(2 * lastsMs);
    thaw();
  }),
  "redis-silence": always((world, { lastsMs }) => silenceRedis(world, 2 * lastsMs)),
  "relay-kill": always(({ relays }, { random, lastsMs }) =>
    restart(random.pick(relays), { signal: "SIGKILL", downMs: lastsMs }),
  ),
  "relay-drain": always(({ relays }, { random, lastsMs }) =>
    restart(random.pick(relays), { signal: "SIGTERM", downMs: lastsMs }),
  ),
  "publisher-kill": always(({ publishers }, { random, lastsMs }) =>
    restart(random.pick(publishers.units), { signal: "SIGKILL", downMs: lastsMs }),
  ),
  "publisher-kill-after-append": async ({ publishers }, { random, lastsMs }) => {
    const unit = random.pick(publishers.units);
    if (!unit) return false;
    const isHit = await publishers.killAfterAppend(unit, appendPatienceMs);
    await delay(lastsMs);
    await unit.start();
    return isHit;
  },
  "network-cut": always(async ({ clients }, { random }) => {
    for (const { network } of clients) if (random.chance(0.5)) network.cut();
  }),
  "network-silence": always(async ({ clients }, { random, lastsMs }) => {
    const struck = clients.filter(() => random.chance(0.3));
    for (const { network } of struck) network.silence(true);
    await delay(lastsMs);
    for (const { network } of struck) {
      // A network that comes back after so long finds the connections broken.
      network.cut();
      network.silence(false);
    }
  }),
  "slow-readers": always(async ({ clients }, { random, lastsMs }) => {
    const struck = clients.filter(() => random.chance(0.3));
    for (const { network } of struck) network.stall(true);
    await delay(4 * lastsMs);
    for (const { network } of struck) network.stall(false);
  }),
  "triggers-held": always(async ({ triggers }, { lastsMs }) => {
    triggers.hold(true);
    await delay(2 * lastsMs);
    triggers.hold(false);
  }),
};

/** How long a publisher is waited for to append something. */
const appendPatienceMs = 10_000;

function always(strike: (world: World, fault: Fault) => Promise<void>): Strike {
  return async (world, fault) => {
    await strike(world, fault);
    return true;
  };
}

async function silenceRedis({ relays, publishers }: World, lastsMs: number): Promise<void> {
  const roads = [...relays, ...publishers.units].map(({ redis }) => redis);
  for (const road of roads) road.silence(true);
  await delay(lastsMs);
  for (const road of roads) road.silence(false);
}

async function restart(
  unit: Unit | undefined,
  { signal, downMs }: { readonly signal: NodeJS.Signals; readonly downMs: number },
): Promise<void> {
  await unit?.stop(signal);
  await delay(downMs);
  await unit?.start();
}
