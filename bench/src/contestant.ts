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

/** However slowly they go: on a busy machine one alone says little. */
const fewestEvents = 3;

/** Each contestant's events have numbers of their own: the relay's publisher takes a number that it knows for a repetition. */
const numbersEach = 1_000_000;
let contestants = 0;

export class Contestant {
  #server: Server;
  readonly crowd: Crowd;
  #next = 1 + numbersEach * contestants++;

  private constructor(server: Server, crowd: Crowd) {
    this.#server = server;
    this.crowd = crowd;
  }

  static async enter(ground: Ground, server: Server): Promise<Contestant> {
    const crowd = await Crowd.start(server.speech);
    await pin(crowd.pid, ground.cores?.clients);
    return new Contestant(server, crowd);
  }

  get server(): Server {
    return this.#server;
  }

  /** Goes on with another server in the place of one that has ended; it must listen on the same port. */
  continueOn(server: Server): void {
    this.#server = server;
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
    const until = performance.now() + seconds * 1_000;
    return this.saturateWhile((count) => count < fewestEvents || performance.now() < until);
  }

  /** The same for as long as `goesOn` says so, which is told how many events there were. */
  saturateWhile(goesOn: (count: number) => boolean): Promise<Sample> {
    return this.#measure(async () => {
      for (let count = 0; goesOn(count); count += 1) await this.crowd.whenAllHave(await this.publish());
    });
  }

  /** The same with a pause after each. */
  singly(events: number, apartMs: number): Promise<Sample> {
    return this.#measure(async () => {
      for (let count = 0; count < events; count += 1) {
        await this.crowd.whenAllHave(await this.publish());
        await delay(apartMs);
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
      await this.crowd.whenAllHave(this.#next - 1, patienceSeconds * 1_000).catch(() => {});
    });
  }

  /** Gives the event's number. */
  async publish(due = process.hrtime.bigint()): Promise<number> {
    const number = this.#next++;
    await this.server.publish(markOf(number, due));
    return number;
  }

  /** Counts anew from the next event on. */
  begin(): Promise<void> {
    return this.crowd.begin(this.#next);
  }

  /** What has come of all events so far. */
  report(): Promise<Report> {
    return this.crowd.end(this.#next);
  }

  /** Of the server, so far. */
  async cpuSeconds(): Promise<number> {
    const all = await Promise.all(this.server.pids.map(cpuSeconds));
    return all.reduce((sum, one) => sum + one, 0);
  }

  async leave(): Promise<void> {
    await this.crowd.stop();
    await this.server.stop();
  }

  async #measure(act: () => Promise<void>): Promise<Sample> {
    const first = this.#next;
    await this.begin();
    const before = await this.cpuSeconds();
    await act();
    const report = await this.report();
    const spent = (await this.cpuSeconds()) - before;
    return sampleOf(report, this.#next - first, spent);
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
