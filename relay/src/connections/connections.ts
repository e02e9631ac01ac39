/** Everybody who is connected to this relay: how many may be, who must go, and how all of them leave. */
import {
  FaultlineError,
  isOutdated,
  type MemberChange,
  type Principal,
  type Staleness,
} from "@faultline/contract";
import type { MemberChanges } from "../access/changes.ts";
import { Agenda } from "../base/agenda.ts";
import { type Clock, pause, systemClock } from "../base/clock.ts";
import { jittered } from "../base/jitter.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import {
  type Connection,
  type ConnectionOptions,
  type ConnectionTiming,
  connectionTiming,
  createConnection,
  type Peer,
} from "./connection.ts";

export interface Connections {
  /** Throws `relay-full` or `too-many-connections` while there is no room for one more of this user. */
  assertFits(principal: Principal): void;
  /** Takes in a client that was just told that it is connected. */
  open(peer: Peer): Connection;
  /** Tells everybody, and whoever comes meanwhile, that what happens does not reach this relay. */
  stale(staleness: Staleness): void;
  /** Tells everybody that all that was missed has come; without a `stale` before it does nothing. */
  fresh(): void;
  /** Looks up the changes of all connected members, since pushes may have been missed. */
  doubt(): Promise<void>;
  /** Tells everybody to come back elsewhere, and ends one connection after another. Nobody is taken in any more. */
  drain(): Promise<void>;
}

export interface ConnectionLimits {
  /** The most connections of this relay. */
  readonly connections: number;
  /** The most connections of one user with this relay. */
  readonly perUser: number;
}

/** Cloud Run sends an instance 1,000 requests at once at most, of which some are needed for other things. */
export const connectionLimits: ConnectionLimits = { connections: 950, perUser: 100 };

export interface DrainTiming {
  /** How long a drain takes at most. */
  readonly drainMs: number;
  /** How many connections are ended in a second, if that does not take longer. */
  readonly drainPerSecond: number;
}

/** Cloud Run kills ten seconds after SIGTERM. */
export const drainTiming: DrainTiming = { drainMs: 5_000, drainPerSecond: 200 };

/** How often some of the connections are ended in a drain. */
const drainStepMs = 100;

/** How long whoever is refused should stay away at least; jittered up to twice that. */
const refusedMs = 2_000;

/** How many members are looked up at a time. */
const lookupsAtOnce = 100;

/** How long to wait before members are looked up again when Redis did not answer. */
const retryMs = 250;

export interface ConnectionsOptions {
  readonly changes: MemberChanges;
  readonly dispatch: Pick<Dispatch, "sendTo">;
  readonly clock: Clock;
  readonly limits?: Partial<ConnectionLimits> | undefined;
  readonly timing?: Partial<ConnectionTiming & DrainTiming> | undefined;
}

export function createConnections(options: ConnectionsOptions): Connections {
  return new LiveConnections(options);
}

class LiveConnections implements Connections {
  readonly #changes: MemberChanges;
  readonly #clock: Clock;
  readonly #connectionOptions: ConnectionOptions;
  readonly #limits: ConnectionLimits;
  readonly #timing: ConnectionTiming & DrainTiming;
  /** By user. */
  readonly #open = new Map<string, Set<Connection>>();
  #count = 0;
  /** Of looking members up; a newer one takes over. */
  #round = 0;
  #isDraining = false;
  #staleness: Staleness | undefined;

  constructor({ changes, dispatch, clock, limits, timing }: ConnectionsOptions) {
    this.#changes = changes;
    this.#clock = clock;
    this.#limits = { ...connectionLimits, ...limits };
    this.#timing = { ...connectionTiming, ...drainTiming, ...timing };
    this.#connectionOptions = {
      clock,
      agenda: new Agenda(clock),
      dispatch,
      changes,
      timing: this.#timing,
      ended: (connection) => this.#remove(connection),
    };
    changes.onChange((change) => this.#apply(change));
  }

  assertFits({ uid }: Principal): void {
    const { connections, perUser } = this.#limits;
    const retryAfterMs = jittered(refusedMs);
    if (this.#isDraining)
      throw new FaultlineError("relay-full", "The relay is being replaced; connect again.", { retryAfterMs });
    if (this.#count >= connections)
      throw new FaultlineError("relay-full", "The relay is full; try again.", { retryAfterMs });
    if (this.#of(uid).size < perUser) return;
    throw new FaultlineError(
      "too-many-connections",
      `A user may have ${perUser} connections; close one that is not needed.`,
      { retryAfterMs },
    );
  }

  open(peer: Peer): Connection {
    const connection = createConnection(peer, this.#connectionOptions);
    const { uid } = connection.principal;
    const ofUser = this.#open.get(uid) ?? new Set();
    this.#open.set(uid, ofUser.add(connection));
    this.#count += 1;
    // Only now: it may end at once, and must be found then.
    connection.begin();
    if (this.#staleness) connection.tell("relay:stale", this.#staleness);
    // It was let in just before the drain began.
    if (this.#isDraining) connection.close("draining", jittered(refusedMs));
    return connection;
  }

  stale(staleness: Staleness): void {
    this.#staleness = staleness;
    for (const connection of this.#all()) connection.tell("relay:stale", staleness);
  }

  fresh(): void {
    const staleness = this.#staleness;
    this.#staleness = undefined;
    if (!staleness) return;
    for (const connection of this.#all()) connection.tell("relay:fresh", staleness);
  }

  async doubt(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    let unsure = this.#all();
    while (unsure.length > 0 && round === this.#round && !this.#isDraining) {
      unsure = await this.#lookUp(unsure);
      if (unsure.length > 0) await pause(this.#clock, retryMs);
    }
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    const all = this.#all();
    const { drainMs, drainPerSecond } = this.#timing;
    const wholeMs = Math.min((all.length * 1_000) / drainPerSecond, drainMs);
    const steps = Math.ceil(wholeMs / drainStepMs);
    const stepOf = (at: number) => Math.ceil(((at + 1) * steps) / all.length);
    for (const [at, connection] of all.entries())
      connection.tell("relay:draining", { reconnectAfterMs: stepOf(at) * drainStepMs });
    for (let at = 0, step = 1; step <= steps; step += 1) {
      await pause(systemClock, drainStepMs);
      for (; at < all.length && stepOf(at) <= step; at += 1) all[at]?.close("draining");
    }
  }

  #apply(change: MemberChange): void {
    for (const connection of this.#of(change.uid)) {
      if (isOutdated(connection.principal, change)) void connection.hold(change);
    }
  }

  /** Gives those for which Redis had no answer. */
  async #lookUp(connections: readonly Connection[]): Promise<readonly Connection[]> {
    const now = connections.slice(0, lookupsAtOnce);
    const answers = await Promise.allSettled(
      now.map(async (connection) => {
        const change = await this.#changes.find(connection.principal);
        if (change) void connection.hold(change);
      }),
    );
    const unanswered = now.filter((_connection, at) => answers[at]?.status === "rejected");
    if (unanswered.length > 0) return connections;
    return connections.length > now.length ? this.#lookUp(connections.slice(now.length)) : [];
  }

  #all(): readonly Connection[] {
    return [...this.#open.values()].flatMap((connections) => [...connections]);
  }

  #of(uid: string): ReadonlySet<Connection> {
    return this.#open.get(uid) ?? new Set();
  }

  #remove(connection: Connection): void {
    const { uid } = connection.principal;
    const ofUser = this.#open.get(uid);
    if (!ofUser?.delete(connection)) return;
    this.#count -= 1;
    if (ofUser.size === 0) this.#open.delete(uid);
  }
}
