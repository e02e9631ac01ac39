/** Everybody comes at once: for the first time, and back after the relay has died. */
import { freePort } from "@faultline/local/process";
import { Contestant } from "../contestant.ts";
import { fixed, milliseconds } from "../figures.ts";
import type { Opened } from "../load/crowd.ts";
import { type RedisWork, redisWork, workBetween } from "../redis.ts";
import { startRelay } from "../servers/relay.ts";
import { startSocketIo } from "../servers/socketio.ts";
import { startWs } from "../servers/ws.ts";
import type { Context, Scenario } from "./scenario.ts";

const atOnce = 256;
const missedEvents = 20;

interface Wave {
  readonly what: string;
  readonly opened: Opened;
  readonly cpuSeconds: number;
}

export const storm: Scenario = {
  name: "storm",
  about: `All clients connect, ${atOnce} at a time; then the relay is killed, ${missedEvents} events happen, it is started again, and everybody comes back with the last position.`,
  async run(context) {
    const waves: Wave[] = [];
    const { ground } = context;
    for (const start of [() => startSocketIo(ground), () => startWs(ground)]) {
      const contestant = await Contestant.enter(ground, await start());
      try {
        waves.push(await arrive(context, contestant, `${contestant.server.name}: first connects`));
      } finally {
        await contestant.leave();
      }
    }
    const { first, back, faults, recovery } = await killAndReturn(context);
    waves.unshift(first, back);
    const reads = Object.entries(recovery.calls).map(([name, count]) => `${name} ${count}`);
    return {
      tables: [{ columns, rows: waves.map(rowOf) }],
      notes: [
        `Lost, repeated or out of order after the return: ${faults}.`,
        `Redis was asked meanwhile: ${reads.join(", ")}.`,
      ],
      figures: { waves, faults, recovery },
    };
  },
};

const columns = ["wave", "clients", "s until all are live", "connects/s", "CPU ms each", "p50 ms", "p99 ms"];

function rowOf({ what, opened, cpuSeconds }: Wave): readonly string[] {
  const { ready, seconds, latency } = opened;
  return [
    what,
    String(ready),
    fixed(1)(seconds),
    fixed(0)(ready / seconds),
    fixed(2)((cpuSeconds * 1_000) / ready),
    milliseconds(latency.p50),
    milliseconds(latency.p99),
  ];
}

async function arrive(
  { options, log }: Context,
  contestant: Contestant,
  what: string,
  isResuming = false,
): Promise<Wave> {
  const before = await contestant.cpuSeconds();
  const opened = await contestant.connect({ count: options.clients, inFlight: atOnce, isResuming });
  log(`${what}: ${opened.ready} in ${opened.seconds.toFixed(1)} s`);
  return { what, opened, cpuSeconds: (await contestant.cpuSeconds()) - before };
}

interface Return {
  readonly first: Wave;
  readonly back: Wave;
  readonly faults: number;
  readonly recovery: RedisWork;
}

async function killAndReturn(context: Context): Promise<Return> {
  const { ground, options } = context;
  const relayOptions = { clients: options.clients, port: await freePort() };
  const contestant = await Contestant.enter(ground, await startRelay(ground, relayOptions));
  try {
    const first = await arrive(context, contestant, "relay: first connects");
    await contestant.begin();
    await contestant.crowd.whenAllHave(await contestant.publish());
    await contestant.server.stop();
    contestant.continueOn(await startRelay(ground, relayOptions));
    for (let count = 0; count < missedEvents; count += 1) await contestant.publish();
    const before = await redisWork(ground.backend.redisUrl);
    const back = await arrive(context, contestant, "relay: coming back", true);
    const recovery = workBetween(before, await redisWork(ground.backend.redisUrl));
    await contestant.crowd.whenAllHave(await contestant.publish());
    const { missing, lost, repeated } = await contestant.report();
    return { first, back, faults: missing + lost + repeated, recovery };
  } finally {
    await contestant.leave();
  }
}
