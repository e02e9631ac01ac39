/** A server and its clients, and what can be measured of the two. */
import { setTimeout as delay } from "node:timers/promises";
import { markOf } from "./event.ts";
import type { Ground } from "./ground.ts";
import { Crowd, type Latency, type Opened, type Report, type Wave } from "./load/crowd.ts";
import { cpuSeconds, pin } from "./process.ts";
import type { Server } from "./servers/server.ts";

export interface Sample {
  readonly events: number;
  readonly seconds: number;
  readonly deliveriesPerSecond: number;
  /** What the server's processes spent on a million deliveries. */
  readonly cpuPerMillion: number;
  /** 1 is a whole core. */
  readonly serverShare: number;
  readonly clientsShare: number;
  readonly latency: Latency;
  /** From when an event was due to its last receipt. */
  readonly completion: Latency;
  /** Deliveries that were lost, repeated or not there in the end; 0 when all is well. */
  readonly faults: number;
  /** Clients that the server has ended. */
  readonly cut: number;
}

/** Of a core: who needs as much was the bottleneck itself. */
export const busyShare = 0.95;

/** However slowly they go: on a busy machine one alone says little. */
const fewestEvents = 3;

/** The number of the next event, in the whole run: to the relay's publisher a number that it knows is a repetition. */
let nextEvent = 1;

export class Contestant {
  readonly server: Server;
  readonly crowd: Crowd;

  private constructor(server: Server, crowd: Crowd) {
    this.server = server;
    this.crowd = crowd;
  }

  static async enter(ground: Ground, server: Server): Promise<Contestant> {
    const crowd = await Crowd.start(server.speech);
    await pin(crowd.pid, ground.cores?.clients);
    return new Contestant(server, crowd);
  }

  /** Rejects unless all are ready. */
  async connect(wave: Wave): Promise<Opened> {
    const opened = await this.crowd.open(wave);
    if (opened.failed > 0)
      throw new Error(`${this.server.name}: ${opened.failed} clients were refused: ${opened.refusal}`);
    return opened;
  }

  /** One event after another: the next as soon as everybody has the one before, so that none can be joined to another. */
  saturate(seconds: number): Promise<Sample> {
    return this.#measure(async () => {
      const until = performance.now() + seconds * 1_000;
      for (let count = 0; count < fewestEvents || performance.now() < until; count += 1) {
        const number = await this.publish();
        await this.crowd.whenAllHave(number);
      }
    });
  }

  /** Events at an even pace, whether or not the server keeps up; then at most `patienceSeconds` for what is late. */
  pace(perSecond: number, seconds: number, patienceSeconds = 5): Promise<Sample> {
    return this.#measure(async () => {
      const start = process.hrtime.bigint();
      const count = Math.round(perSecond * seconds);
      const publishing: Promise<number>[] = [];
      for (let index = 0; index < count; index += 1) {
        const due = start + BigInt(Math.round((index * 1e9) / perSecond));
        await delay(Math.max(0, Number(due - process.hrtime.bigint()) / 1e6));
        publishing.push(this.publish(due));
      }
      await Promise.all(publishing);
      await this.crowd.whenAllHave(nextEvent - 1, patienceSeconds * 1_000).catch(() => {});
    });
  }

  /** Gives the event's number. */
  async publish(due = process.hrtime.bigint()): Promise<number> {
    const number = nextEvent++;
    await this.server.publish(markOf(number, due));
    return number;
  }

  async leave(): Promise<void> {
    await this.crowd.stop();
    await this.server.stop();
  }

  async #measure(act: () => Promise<void>): Promise<Sample> {
    const first = nextEvent;
    await this.crowd.begin(first);
    const before = await this.#cpuSeconds();
    await act();
    const report = await this.crowd.end(nextEvent);
    const spent = (await this.#cpuSeconds()) - before;
    return sampleOf(report, nextEvent - first, spent);
  }

  async #cpuSeconds(): Promise<number> {
    const all = await Promise.all(this.server.pids.map(cpuSeconds));
    return all.reduce((sum, one) => sum + one, 0);
  }
}

function sampleOf(report: Report, events: number, serverCpu: number): Sample {
  const { deliveries, seconds, cpuSeconds, latency, completion, missing, lost, repeated, cut } = report;
  return {
    events,
    seconds,
    deliveriesPerSecond: deliveries / seconds,
    cpuPerMillion: (serverCpu * 1e6) / deliveries,
    serverShare: serverCpu / seconds,
    clientsShare: cpuSeconds / seconds,
    latency,
    completion,
    faults: missing + lost + repeated,
    cut,
  };
}
