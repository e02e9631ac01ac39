/** Servers with all their clients connected. */
import { Contestant } from "../contestant.ts";
import type { Ground } from "../ground.ts";
import type { Server } from "../servers/server.ts";

export type Start = () => Promise<Server>;

export interface Entering {
  readonly ground: Ground;
  readonly options: { readonly clients: number };
  readonly log: (line: string) => void;
}

/** A server that refuses a client is stopped. */
export async function enter({ ground, options, log }: Entering, start: Start): Promise<Contestant> {
  const server = await start();
  const contestant = await Contestant.enter(ground, server);
  try {
    const { seconds } = await contestant.connect({ count: options.clients });
    log(`${server.name}: ${options.clients} clients in ${seconds.toFixed(1)} s`);
    return contestant;
  } catch (error) {
    await contestant.leave();
    throw error;
  }
}

export interface Entered {
  readonly contestants: readonly Contestant[];
  /** Of the peers that could not be had, why. */
  readonly absent: readonly string[];
}

/** Runs `act` with all of them; ours comes first and must be there, a peer may be missing. */
export async function withAll<T>(
  context: Entering,
  starts: readonly [Start, ...Start[]],
  act: (entered: Entered) => Promise<T>,
): Promise<T> {
  const [ours, ...peers] = starts;
  const contestants: Contestant[] = [];
  const absent: string[] = [];
  try {
    contestants.push(await enter(context, ours));
    for (const peer of peers) {
      const entered = await enter(context, peer).catch((error: unknown) => {
        absent.push(`Left out: ${error instanceof Error ? error.message : error}`);
      });
      if (entered) contestants.push(entered);
    }
    return await act({ contestants, absent });
  } finally {
    for (const contestant of contestants) await contestant.leave();
  }
}
