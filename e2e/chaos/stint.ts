/** One subscription of a client, from its beginning to its end, and what has to hold while it lasts. */
import {
  comparePositions,
  type FaultlineEvent,
  formatRoom,
  type LogEvent,
  roomsOf,
} from "@faultline/contract";
import type { Beginning } from "./connection.ts";
import type { Journal } from "./journal.ts";
import { timeOf } from "./problem.ts";
import type { View } from "./view.ts";

export interface ClientFigures {
  connections: number;
  /** Log entries that came. */
  deliveries: number;
  /** Subscriptions that named a position, by how they went. */
  readonly resumes: { current: number; replayed: number; lost: number };
  /** Entries that came in replays. */
  replayed: number;
  /** "sync:lost" on a live connection. */
  lostLive: number;
  refetches: number;
  /** By the reason that the relay gave. */
  readonly dismissals: Map<string, number>;
  /** Milliseconds from commit to receipt of what came live. */
  readonly latenciesMs: number[];
  /** Milliseconds from connecting with a position to having all that was missed, by replay or by fetching. */
  readonly catchUpsMs: number[];
}

export interface StintOptions {
  readonly organizationId: string;
  readonly rooms: readonly string[];
  readonly view: View;
  readonly figures: ClientFigures;
  readonly journal: Journal;
  /** The position that it resumes from; undefined when it joins. */
  readonly since: string | undefined;
}

export class Stint {
  readonly #options: StintOptions;
  readonly #began = Date.now();
  #beginning: Beginning | undefined;
  #replayed = 0;
  /** Whether all that was missed has come. */
  #isCaughtUp = false;
  #isLost = false;

  constructor(options: StintOptions) {
    this.#options = options;
  }

  begin(beginning: Beginning): void {
    const { view, journal, since, figures } = this.#options;
    const { position, recovered, replayed } = beginning;
    this.#beginning = beginning;
    journal.add(
      since === undefined
        ? `joined at ${position}`
        : `resumed from ${since}: position ${position}, recovered ${recovered}, replayed ${replayed}`,
    );
    if (since === undefined) {
      figures.refetches += 1;
      view.sync("joined", position);
      return;
    }
    this.#settleReplay();
  }

  take(event: FaultlineEvent): void {
    const { view, organizationId } = this.#options;
    if (event.organizationId !== organizationId)
      view.report("foreign", `${event.type} of ${event.organizationId}`);
    if (event.type === "heatmap:updated" || event.type === "stats:updated") {
      view.apply(event);
      return;
    }
    this.#meet(event);
    view.apply(event);
    this.#settleReplay();
  }

  lose(position: string): void {
    const { view, journal, figures, since } = this.#options;
    journal.add(`lost: goes on after ${position}`);
    const isAnswer = since !== undefined && !this.#isCaughtUp && !this.#isLost;
    if (!isAnswer) figures.lostLive += 1;
    this.#isLost = true;
    figures.refetches += 1;
    view.sync("lost", position);
    if (isAnswer) void view.settled().then(() => figures.catchUpsMs.push(Date.now() - this.#began));
  }

  /** Counts how it went. */
  end(): void {
    const { figures, since } = this.#options;
    if (since === undefined || !this.#beginning) return;
    const { recovered } = this.#beginning;
    if (recovered === false || (recovered === undefined && this.#isLost)) figures.resumes.lost += 1;
    else if (this.#replayed > 0) figures.resumes.replayed += 1;
    else figures.resumes.current += 1;
    figures.replayed += this.#replayed;
  }

  /** Whether the entry belongs here, and whether it is one that was missed. */
  #meet(event: LogEvent): void {
    const { view, rooms, figures } = this.#options;
    const { id = "" } = event;
    if (!roomsOf(event).some((room) => rooms.includes(formatRoom(room))))
      view.report("foreign", `${event.type} at ${id} is of none of its rooms`);
    figures.deliveries += 1;
    if (this.#isReplay(id)) this.#replayed += 1;
    else {
      const { recovered, replayed } = this.#beginning ?? {};
      if (recovered && this.#options.since !== undefined && this.#replayed !== replayed)
        view.report("missed", `${this.#replayed} of ${replayed} were replayed before ${id} came`);
      figures.latenciesMs.push(Date.now() - Date.parse(event.time));
      // A stream's replay is over with the first that is none of it.
      if (this.#beginning?.position === undefined) this.#isCaughtUp = true;
    }
  }

  /** A stream is not told how far its replay goes: there, what was appended before it asked was missed. */
  #isReplay(position: string): boolean {
    if (this.#options.since === undefined || this.#isLost) return false;
    const reached = this.#beginning?.position;
    return reached === undefined ? timeOf(position) < this.#began : comparePositions(position, reached) <= 0;
  }

  /** The position of the answer counts once all that was missed has come. */
  #settleReplay(): void {
    const { view, since, figures } = this.#options;
    const { position, recovered, replayed = 0 } = this.#beginning ?? {};
    if (since === undefined || !recovered || this.#isCaughtUp || this.#replayed < replayed) return;
    this.#isCaughtUp = true;
    figures.catchUpsMs.push(Date.now() - this.#began);
    if (position !== undefined) view.reach(position);
  }
}
